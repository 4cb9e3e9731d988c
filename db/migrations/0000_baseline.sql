CREATE TYPE "public"."release_cause" AS ENUM('released', 'orphaned');
--> statement-breakpoint
CREATE TYPE "public"."dataset_work" AS ENUM('waiting', 'running', 'done', 'failed');
--> statement-breakpoint
CREATE TYPE "public"."role" AS ENUM('viewer', 'member', 'operator', 'admin');
--> statement-breakpoint
CREATE TYPE "public"."transfer_state" AS ENUM('waiting', 'running', 'done', 'failed', 'cancelled');
--> statement-breakpoint
CREATE TYPE "public"."logged_model_status" AS ENUM('LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED');
--> statement-breakpoint
CREATE TYPE "public"."inspection_state" AS ENUM('pending', 'servable', 'unservable');
--> statement-breakpoint
CREATE TYPE "public"."scan_verdict" AS ENUM('clean', 'warnings', 'dangerous', 'failed-to-scan');
--> statement-breakpoint
CREATE TYPE "public"."security_rule" AS ENUM('allow', 'warn', 'forbid');
--> statement-breakpoint
CREATE TYPE "public"."run_status" AS ENUM('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED');
--> statement-breakpoint
CREATE TYPE "public"."delivery_state" AS ENUM('pending', 'delivered', 'failed', 'cancelled');
--> statement-breakpoint
CREATE SEQUENCE "public"."experiment_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;
--> statement-breakpoint
CREATE TABLE "alert_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"fingerprint" text,
	"group_id" uuid,
	"group_key" text,
	"rule_key" text,
	"actor" text,
	"ref" text,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_group_members" (
	"workspace_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	"muted" jsonb,
	CONSTRAINT "alert_group_members_group_id_fingerprint_pk" PRIMARY KEY("group_id","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "alert_groups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"group_key" text NOT NULL,
	"route_path" text NOT NULL,
	"receiver" text NOT NULL,
	"labels" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"next_flush_at" timestamp with time zone,
	"last_flush_at" timestamp with time zone,
	"entry" jsonb,
	"acknowledgement" jsonb,
	"summary" jsonb NOT NULL,
	"weight" double precision DEFAULT 0 NOT NULL,
	"outcome" text,
	"incident_id" uuid,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_routings" (
	"workspace_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"routing" jsonb NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"changed_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alert_routings_workspace_id_revision_pk" PRIMARY KEY("workspace_id","revision")
);
--> statement-breakpoint
CREATE TABLE "alert_rules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"endpoint_id" uuid,
	"spec" jsonb NOT NULL,
	"severity" text NOT NULL,
	"team_id" uuid,
	"runbook_id" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	"archived_at" timestamp with time zone,
	"evaluated_at" timestamp with time zone,
	"problem" text
);
--> statement-breakpoint
CREATE TABLE "alert_verdicts" (
	"group_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"rule_key" text NOT NULL,
	"severity" text NOT NULL,
	"verdict" text NOT NULL,
	"given_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"workspace_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"labels" jsonb NOT NULL,
	"annotations" jsonb NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"is_timeout" boolean NOT NULL,
	"generator_url" text DEFAULT '' NOT NULL,
	"rule_key" text NOT NULL,
	"severity" text NOT NULL,
	"endpoint_id" uuid,
	"is_ended" boolean DEFAULT false NOT NULL,
	"is_settled" boolean DEFAULT false NOT NULL,
	CONSTRAINT "alerts_workspace_id_fingerprint_pk" PRIMARY KEY("workspace_id","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "rule_states" (
	"workspace_id" uuid NOT NULL,
	"rule_key" text NOT NULL,
	"part" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"evaluated_at" timestamp with time zone NOT NULL,
	"trace" jsonb NOT NULL,
	CONSTRAINT "rule_states_workspace_id_rule_key_part_pk" PRIMARY KEY("workspace_id","rule_key","part")
);
--> statement-breakpoint
CREATE TABLE "silence_recurrences" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"matchers" jsonb NOT NULL,
	"rule" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"time_zone" text NOT NULL,
	"duration_ms" bigint NOT NULL,
	"comment" text NOT NULL,
	"created_by" text NOT NULL,
	"created_by_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"made_until" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "silences" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"matchers" jsonb NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"created_by_id" uuid,
	"comment" text NOT NULL,
	"annotations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"recurrence_id" uuid,
	"noticed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "artifact_files" (
	"key" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text,
	"store_upload_id" text,
	"stored_by" text NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "artifact_releases" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"prefix" text NOT NULL,
	"cause" "release_cause" NOT NULL,
	"released_by" text NOT NULL,
	"released_at" timestamp with time zone DEFAULT now() NOT NULL,
	"remove_after" timestamp with time zone NOT NULL,
	"files" integer,
	"size_bytes" bigint,
	"held_by" text,
	"removing_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "artifact_uploads" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"key" text NOT NULL,
	"store_upload_id" text,
	"started_by" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text,
	"address" text
);
--> statement-breakpoint
CREATE TABLE "version_bundles" (
	"version_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"basis" text NOT NULL,
	"manifest" text NOT NULL,
	"seal" text NOT NULL,
	"sample" jsonb NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cost_budgets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid,
	"team_id" uuid,
	"amount" double precision NOT NULL,
	"currency" text NOT NULL,
	"from" date NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "machine_hours" (
	"machine" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"kind" text DEFAULT '' NOT NULL,
	"cores" integer NOT NULL,
	"gpus" integer NOT NULL,
	"gpu_kind" text DEFAULT '' NOT NULL,
	"memory_bytes" bigint NOT NULL,
	"model_bytes" bigint DEFAULT 0 NOT NULL,
	"minutes_up" bigint NOT NULL,
	"core_busy_ms" double precision DEFAULT 0 NOT NULL,
	"gpu_busy_ms" double precision DEFAULT 0 NOT NULL,
	"served" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "machine_hours_machine_hour_pk" PRIMARY KEY("machine","hour")
);
--> statement-breakpoint
CREATE TABLE "prices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"item" text NOT NULL,
	"variant" text DEFAULT '' NOT NULL,
	"amount" double precision NOT NULL,
	"currency" text NOT NULL,
	"from" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "storage_days" (
	"workspace_id" uuid NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"bytes" bigint NOT NULL,
	CONSTRAINT "storage_days_workspace_id_day_kind_pk" PRIMARY KEY("workspace_id","day","kind")
);
--> statement-breakpoint
CREATE TABLE "usage_hours" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"provider" text NOT NULL,
	"machine" text DEFAULT '' NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"requests" bigint NOT NULL,
	"answered" bigint DEFAULT 0 NOT NULL,
	"rows" bigint NOT NULL,
	"cache_hits" bigint NOT NULL,
	"coalesced" bigint NOT NULL,
	"compute_ms" double precision NOT NULL,
	CONSTRAINT "usage_hours_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider","machine")
);
--> statement-breakpoint
CREATE TABLE "dataset_checks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"contract_id" uuid NOT NULL,
	"passed" boolean NOT NULL,
	"results" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dataset_contracts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"revision" integer NOT NULL,
	"rules" jsonb NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dataset_uploads" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"file_name" text NOT NULL,
	"format" text NOT NULL,
	"artifact_key" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"state" "dataset_work" DEFAULT 'waiting' NOT NULL,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"problem" jsonb,
	"version_id" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "dataset_versions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"digest" text NOT NULL,
	"content_hash" text NOT NULL,
	"file_name" text NOT NULL,
	"format" text NOT NULL,
	"artifact_key" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"rows" bigint NOT NULL,
	"columns" jsonb NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leakage_checks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"question" jsonb NOT NULL,
	"state" "dataset_work" DEFAULT 'waiting' NOT NULL,
	"result" jsonb,
	"problem" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "run_findings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"kind" text NOT NULL,
	"metric" text,
	"step" bigint,
	"value" double precision,
	"since" bigint NOT NULL,
	"found_at" bigint NOT NULL,
	"until" bigint,
	"words" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_health_checks" (
	"run_id" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"seen_updated_at" bigint NOT NULL,
	"due_at" bigint
);
--> statement-breakpoint
CREATE TABLE "idempotent_answers" (
	"workspace_id" uuid NOT NULL,
	"command" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"answer" text,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotent_answers_workspace_id_command_key_pk" PRIMARY KEY("workspace_id","command","key")
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"prefix" text NOT NULL,
	"scopes" text[] NOT NULL,
	"endpoints" text[],
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "role" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "memberships_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "sign_in_attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sign_in_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"email" text NOT NULL,
	"address" text NOT NULL,
	"succeeded" boolean NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "system_values" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"oidc_subject" text,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"session_version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_sign_in_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "exports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"state" "transfer_state" DEFAULT 'waiting' NOT NULL,
	"message" text,
	"has_artifacts" boolean DEFAULT true NOT NULL,
	"artifact_key" text,
	"size_bytes" bigint,
	"sha256" text,
	"started_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "import_items" (
	"workspace_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"source_id" text NOT NULL,
	"local_id" text,
	"fingerprint" text DEFAULT '' NOT NULL,
	"points" bigint DEFAULT 0 NOT NULL,
	"files" integer DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"is_unchanged" boolean DEFAULT false NOT NULL,
	"problems" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "import_items_import_id_kind_source_id_pk" PRIMARY KEY("import_id","kind","source_id")
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"origin" text NOT NULL,
	"secret" text,
	"artifact_key" text,
	"state" "transfer_state" DEFAULT 'waiting' NOT NULL,
	"message" text,
	"started_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "external_changes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"url" text,
	"at" timestamp with time zone NOT NULL,
	"told_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incident_actions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"incident_id" uuid NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"owner_id" uuid,
	"due_on" date,
	"issue_url" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"done_at" timestamp with time zone,
	"done_by" text
);
--> statement-breakpoint
CREATE TABLE "incident_links" (
	"workspace_id" uuid NOT NULL,
	"incident_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"ref" text NOT NULL,
	"title" text NOT NULL,
	"added_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "incident_links_incident_id_kind_ref_pk" PRIMARY KEY("incident_id","kind","ref")
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"endpoint_id" uuid,
	"team_id" uuid,
	"runbook_id" uuid,
	"roles" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"is_found_by_machine" boolean NOT NULL,
	"cause" text,
	"started_at" timestamp with time zone NOT NULL,
	"detected_at" timestamp with time zone NOT NULL,
	"paged_at" timestamp with time zone,
	"acknowledged_at" timestamp with time zone,
	"mitigated_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"declared_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"impact" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "post_mortem_revisions" (
	"workspace_id" uuid NOT NULL,
	"incident_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"body" text NOT NULL,
	"changed_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "post_mortem_revisions_incident_id_revision_pk" PRIMARY KEY("incident_id","revision")
);
--> statement-breakpoint
CREATE TABLE "post_mortems" (
	"incident_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"state" text NOT NULL,
	"body" text NOT NULL,
	"waiver" text,
	"due_on" date,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "timeline_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "timeline_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"incident_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"body" text,
	"actor_kind" text NOT NULL,
	"actor_name" text NOT NULL,
	"links" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"is_probable_cause" boolean DEFAULT false NOT NULL,
	"supersedes" bigint,
	"once_key" text
);
--> statement-breakpoint
CREATE TABLE "load_test_steps" (
	"load_test_id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"measured" jsonb NOT NULL,
	"ended_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "load_test_steps_load_test_id_position_pk" PRIMARY KEY("load_test_id","position")
);
--> statement-breakpoint
CREATE TABLE "load_tests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"settings" jsonb NOT NULL,
	"is_live" boolean NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"message" text,
	"started_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "logged_model_metrics" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "logged_model_metrics_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"model_id" text NOT NULL,
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"step" bigint NOT NULL,
	"timestamp" bigint NOT NULL,
	"value" double precision NOT NULL,
	"dataset_name" text DEFAULT '' NOT NULL,
	"dataset_digest" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "logged_model_params" (
	"workspace_id" uuid NOT NULL,
	"model_id" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "logged_model_params_model_id_key_pk" PRIMARY KEY("model_id","key")
);
--> statement-breakpoint
CREATE TABLE "logged_model_tags" (
	"workspace_id" uuid NOT NULL,
	"model_id" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "logged_model_tags_model_id_key_pk" PRIMARY KEY("model_id","key")
);
--> statement-breakpoint
CREATE TABLE "logged_models" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"experiment_id" bigint NOT NULL,
	"name" text NOT NULL,
	"model_type" text DEFAULT '' NOT NULL,
	"source_run_id" text DEFAULT '' NOT NULL,
	"artifact_uri" text NOT NULL,
	"status" "logged_model_status" NOT NULL,
	"status_message" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"deleted_at" bigint
);
--> statement-breakpoint
CREATE TABLE "run_models" (
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"model_id" text NOT NULL,
	"is_output" boolean NOT NULL,
	"step" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "run_models_run_id_model_id_is_output_pk" PRIMARY KEY("run_id","model_id","is_output")
);
--> statement-breakpoint
CREATE TABLE "drift_windows" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	"length" text NOT NULL,
	"start" timestamp with time zone NOT NULL,
	"profile_id" uuid NOT NULL,
	"rows" bigint NOT NULL,
	"verdict" jsonb NOT NULL,
	"features" jsonb NOT NULL,
	"evaluated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "drift_windows_endpoint_id_length_start_version_id_segment_pk" PRIMARY KEY("endpoint_id","length","start","version_id","segment")
);
--> statement-breakpoint
CREATE TABLE "expected_drifts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"feature" text NOT NULL,
	"until" timestamp with time zone,
	"reason" text NOT NULL,
	"marked_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_by" text,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "feature_states" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"segment" text NOT NULL,
	"profile_id" uuid NOT NULL,
	"grain" text NOT NULL,
	"start" timestamp with time zone NOT NULL,
	"gateway_id" text DEFAULT '' NOT NULL,
	"rows" bigint NOT NULL,
	"state" "bytea" NOT NULL,
	CONSTRAINT "feature_states_pk" PRIMARY KEY("endpoint_id","grain","start","version_id","segment","arm","profile_id","gateway_id")
);
--> statement-breakpoint
CREATE TABLE "monitoring_analyses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid,
	"kind" text NOT NULL,
	"question" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"progress" double precision DEFAULT 0 NOT NULL,
	"result" jsonb,
	"problem" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "monitoring_findings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid,
	"watcher" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"feature" text DEFAULT '' NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	"severity" text NOT NULL,
	"words" text NOT NULL,
	"evidence" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "monitoring_marks" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"name" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "monitors" (
	"endpoint_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"settings" jsonb NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reference_features" (
	"workspace_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"profile" jsonb NOT NULL,
	CONSTRAINT "reference_features_profile_id_ordinal_pk" PRIMARY KEY("profile_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "reference_profiles" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"source" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"rows_expected" bigint,
	"rows" bigint,
	"problem" jsonb,
	"sample_key" text,
	"quality" jsonb,
	"calibration" jsonb,
	"importances" jsonb,
	"notes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "reference_segments" (
	"workspace_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"segment" text NOT NULL,
	"rows" integer NOT NULL,
	"state" "bytea" NOT NULL,
	CONSTRAINT "reference_segments_profile_id_segment_pk" PRIMARY KEY("profile_id","segment")
);
--> statement-breakpoint
CREATE TABLE "channel_answers" (
	"workspace_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"key" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"wish" text NOT NULL,
	"by" text,
	"group_id" uuid,
	"outcome" text DEFAULT '' NOT NULL,
	CONSTRAINT "channel_answers_channel_id_key_pk" PRIMARY KEY("channel_id","key")
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"receiver_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"settings" jsonb NOT NULL,
	"secret" text,
	"answer_secret" text,
	"answer_refused_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "notification_attempts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"notification_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"duration_ms" integer NOT NULL,
	"status" integer,
	"answer" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"channel_id" uuid,
	"user_id" uuid,
	"address" text,
	"turn" text NOT NULL,
	"lane" text NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "notifications_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"group_id" uuid,
	"incident_id" uuid,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"message" jsonb NOT NULL,
	"once_key" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"lease_ends_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"expires_at" timestamp with time zone DEFAULT now() + interval '1 day' NOT NULL,
	"supersedes" integer DEFAULT 0 NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"reference" jsonb
);
--> statement-breakpoint
CREATE TABLE "receivers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "contact_methods" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"methods" jsonb NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	CONSTRAINT "contact_methods_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "escalation_policies" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"steps" jsonb NOT NULL,
	"repeats" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "escalations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"policy_id" uuid,
	"policy_name" text DEFAULT '' NOT NULL,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"repeats" integer DEFAULT 0 NOT NULL,
	"team_id" uuid,
	"severity" text DEFAULT 'page' NOT NULL,
	"told" integer DEFAULT 0 NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"next_at" timestamp with time zone,
	"ended" text,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "handover_notes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"schedule_id" uuid NOT NULL,
	"shift_from" timestamp with time zone NOT NULL,
	"shift_to" timestamp with time zone NOT NULL,
	"body" text NOT NULL,
	"written_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedule_overrides" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"schedule_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"from" timestamp with time zone NOT NULL,
	"to" timestamp with time zone NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"cancelled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"team_id" uuid,
	"name" text NOT NULL,
	"time_zone" text NOT NULL,
	"layers" jsonb NOT NULL,
	"calendar_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "team_endpoints" (
	"endpoint_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"team_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "team_members" (
	"workspace_id" uuid NOT NULL,
	"team_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"part" text DEFAULT 'member' NOT NULL,
	CONSTRAINT "team_members_team_id_user_id_pk" PRIMARY KEY("team_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "team_models" (
	"model_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"team_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"escalation_policy_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "playground_items" (
	"workspace_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"name" text NOT NULL,
	"result" jsonb NOT NULL,
	CONSTRAINT "playground_items_run_id_place_pk" PRIMARY KEY("run_id","place")
);
--> statement-breakpoint
CREATE TABLE "playground_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"parent_id" uuid,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"model_name" text NOT NULL,
	"sides" jsonb NOT NULL,
	"request" jsonb,
	"request_bytes" integer NOT NULL,
	"request_digest" text NOT NULL,
	"result" jsonb,
	"words" text DEFAULT '' NOT NULL,
	"problem" text,
	"done" integer DEFAULT 0 NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	"started_by" text NOT NULL,
	"started_by_id" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "alias_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alias_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"alias" text NOT NULL,
	"from_version" integer,
	"to_version" integer,
	"cause" text NOT NULL,
	"request_id" uuid,
	"reason" text,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"person_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gate_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "gate_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"alias" text NOT NULL,
	"check_id" uuid NOT NULL,
	"gate" text NOT NULL,
	"settings" jsonb NOT NULL,
	"verdict" text NOT NULL,
	"words" text NOT NULL,
	"measured" double precision,
	"limit" double precision,
	"evidence" jsonb NOT NULL,
	"baseline_version_id" uuid,
	"baseline_version" integer,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"person_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gate_waivers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "gate_waivers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"alias" text NOT NULL,
	"gate" text NOT NULL,
	"gate_run_id" bigint NOT NULL,
	"reason" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"person_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "promotion_decisions" (
	"request_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reason" text,
	"from_version" integer,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"person_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "promotion_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"version_id" uuid,
	"version" integer NOT NULL,
	"alias" text NOT NULL,
	"reason" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"person_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registry_policies" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "registry_policies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"model_id" uuid,
	"policy" jsonb,
	"reason" text,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"person_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "data_quality_minutes" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"good" integer NOT NULL,
	"total" integer NOT NULL,
	CONSTRAINT "data_quality_minutes_endpoint_id_minute_version_id_pk" PRIMARY KEY("endpoint_id","minute","version_id")
);
--> statement-breakpoint
CREATE TABLE "quality_hours" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	"predictions" integer NOT NULL,
	"labelled" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"counted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quality_hours_endpoint_id_hour_version_id_segment_arm_pk" PRIMARY KEY("endpoint_id","hour","version_id","segment","arm")
);
--> statement-breakpoint
CREATE TABLE "quality_minutes" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	"predictions" integer NOT NULL,
	"labelled" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	CONSTRAINT "quality_minutes_endpoint_id_minute_version_id_segment_arm_pk" PRIMARY KEY("endpoint_id","minute","version_id","segment","arm")
);
--> statement-breakpoint
CREATE TABLE "model_aliases" (
	"workspace_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"alias" text NOT NULL,
	"version_id" uuid NOT NULL,
	CONSTRAINT "model_aliases_model_id_alias_pk" PRIMARY KEY("model_id","alias")
);
--> statement-breakpoint
CREATE TABLE "model_version_tags" (
	"workspace_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "model_version_tags_version_id_key_pk" PRIMARY KEY("version_id","key")
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"source" text NOT NULL,
	"storage_location" text NOT NULL,
	"run_id" text DEFAULT '' NOT NULL,
	"run_link" text DEFAULT '' NOT NULL,
	"logged_model_id" text,
	"description" text,
	"user_name" text DEFAULT '' NOT NULL,
	"stage" text DEFAULT 'None' NOT NULL,
	"inspection" "inspection_state" DEFAULT 'pending' NOT NULL,
	"inspection_message" text,
	"inspected_at" timestamp with time zone,
	"artifact_key" text,
	"size_bytes" bigint,
	"sha256" text,
	"signature" jsonb,
	"graph" jsonb,
	"packages" jsonb,
	"pipeline" jsonb,
	"pipeline_digest" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registered_model_tags" (
	"workspace_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "registered_model_tags_model_id_key_pk" PRIMARY KEY("model_id","key")
);
--> statement-breakpoint
CREATE TABLE "registered_models" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"owner_name" text DEFAULT '' NOT NULL,
	"owner_id" uuid,
	"last_version" integer DEFAULT 0 NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "digest_subscriptions" (
	"workspace_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"settings" jsonb NOT NULL,
	"sent_for" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "digest_subscriptions_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "kpi_events" (
	"workspace_id" uuid NOT NULL,
	"kpi_id" uuid NOT NULL,
	"event_id" text NOT NULL,
	"request_id" text,
	"unit" text,
	"endpoint_id" uuid,
	"version_id" uuid,
	"rollout_id" uuid,
	"arm" text,
	"value" double precision NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "kpi_events_workspace_id_kpi_id_event_id_pk" PRIMARY KEY("workspace_id","kpi_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "kpis" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"definition" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"period" text NOT NULL,
	"start" date NOT NULL,
	"facts" jsonb NOT NULL,
	"computed_at" timestamp with time zone NOT NULL,
	"is_final" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "review_ticks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"cadence" text NOT NULL,
	"start" date NOT NULL,
	"item" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"done_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "rollout_counts" (
	"workspace_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"source" text NOT NULL,
	"metric" text NOT NULL,
	"bin" integer DEFAULT 0 NOT NULL,
	"step" integer NOT NULL,
	"arm" text NOT NULL,
	"weight" double precision NOT NULL,
	"units" bigint NOT NULL,
	"events" bigint NOT NULL,
	"misses" bigint DEFAULT 0 NOT NULL,
	"sum" double precision DEFAULT 0 NOT NULL,
	"sum_squares" double precision DEFAULT 0 NOT NULL,
	CONSTRAINT "rollout_counts_rollout_id_source_metric_bin_step_arm_pk" PRIMARY KEY("rollout_id","source","metric","bin","step","arm")
);
--> statement-breakpoint
CREATE TABLE "rollout_decisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rollout_decisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"code" text NOT NULL,
	"words" text NOT NULL,
	"step" integer NOT NULL,
	"weight" double precision NOT NULL,
	"reason" text,
	"actor_name" text NOT NULL,
	"evidence" jsonb,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rollout_evidence" (
	"workspace_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"step" integer NOT NULL,
	"point" jsonb NOT NULL,
	CONSTRAINT "rollout_evidence_rollout_id_at_pk" PRIMARY KEY("rollout_id","at")
);
--> statement-breakpoint
CREATE TABLE "rollout_outcomes" (
	"workspace_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"name" text NOT NULL,
	"value" double precision,
	"arm" text NOT NULL,
	"step" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "rollout_outcomes_rollout_id_unit_name_pk" PRIMARY KEY("rollout_id","unit","name")
);
--> statement-breakpoint
CREATE TABLE "rollout_units" (
	"workspace_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"arm" text NOT NULL,
	"step" integer NOT NULL,
	"weight" double precision NOT NULL,
	"bad" text[] DEFAULT '{}' NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rollout_units_rollout_id_unit_pk" PRIMARY KEY("rollout_id","unit")
);
--> statement-breakpoint
CREATE TABLE "rollouts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"stable_version_id" uuid NOT NULL,
	"stable_deployment_id" bigint NOT NULL,
	"canary_version_id" uuid NOT NULL,
	"providers" text[] NOT NULL,
	"plan" jsonb NOT NULL,
	"frozen" jsonb NOT NULL,
	"salt" text NOT NULL,
	"phase" text NOT NULL,
	"state" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"reason" text NOT NULL,
	"started_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"evaluated_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "runbook_ticks" (
	"workspace_id" uuid NOT NULL,
	"runbook_id" uuid NOT NULL,
	"subject_id" uuid NOT NULL,
	"step" text NOT NULL,
	"ticked_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "runbook_ticks_subject_id_runbook_id_step_pk" PRIMARY KEY("subject_id","runbook_id","step")
);
--> statement-breakpoint
CREATE TABLE "runbooks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"body" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "security_policies" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"unsigned" "security_rule" NOT NULL,
	"dangerous" "security_rule" NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trusted_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"public_key" text NOT NULL,
	"added_by" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_by" text,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "version_scans" (
	"version_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"verdict" "scan_verdict",
	"report" jsonb,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"scanned_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "version_signatures" (
	"version_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"signature" text NOT NULL,
	"added_by" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deployments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"providers" text[] NOT NULL,
	"engine" jsonb,
	"engine_secret" text,
	"reason" text DEFAULT '' NOT NULL,
	"deployed_by" text NOT NULL,
	"deployed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endpoints" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"capture_share" real DEFAULT 0.1 NOT NULL,
	"execution" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"protection" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"cache" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tasks" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"capture" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"cascade" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"budget" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"versions_kept" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone,
	"unloaded_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "gateway_heartbeats" (
	"gateway_id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"address" text NOT NULL,
	"state" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gpu_windows" (
	"gpu" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"gateway_id" text NOT NULL,
	"name" text NOT NULL,
	"readings" integer NOT NULL,
	"utilisation_sum" double precision,
	"memory_used_sum" double precision,
	"memory_total_bytes" double precision,
	CONSTRAINT "gpu_windows_gpu_window_start_gateway_id_pk" PRIMARY KEY("gpu","window_start","gateway_id")
);
--> statement-breakpoint
CREATE TABLE "prediction_labels" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"request_id" text NOT NULL,
	"label" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"replaced" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "prediction_labels_endpoint_id_request_id_pk" PRIMARY KEY("endpoint_id","request_id")
);
--> statement-breakpoint
-- Split by day, which drizzle-kit cannot declare. The worker makes partitions a week ahead; the default holds rows of any other day.
CREATE TABLE "predictions" (
	"id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text NOT NULL,
	"status" integer NOT NULL,
	"error" text,
	"provider" text NOT NULL,
	"latency_ms" real NOT NULL,
	"parts" jsonb,
	"batch_rows" integer,
	"source" text DEFAULT 'model' NOT NULL,
	"kept" text DEFAULT 'sampled' NOT NULL,
	"caller" text,
	"trace_id" text,
	"answer" text,
	"answer_index" integer,
	"confidence" real,
	"pipeline_digest" text,
	"cascade" jsonb,
	"rollout" jsonb,
	"cost" double precision,
	"event_at" timestamp with time zone,
	"inputs" jsonb,
	"outputs" jsonb,
	CONSTRAINT "predictions_id_at_pk" PRIMARY KEY("id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "predictions_default" PARTITION OF "predictions" DEFAULT;
--> statement-breakpoint
CREATE TABLE "serving_windows" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"provider" text DEFAULT 'none' NOT NULL,
	"gateway_id" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"requests" integer NOT NULL,
	"rows" integer NOT NULL,
	"failures" jsonb NOT NULL,
	"latency_sum_ms" double precision NOT NULL,
	"queue_sum_ms" double precision NOT NULL,
	"compute_sum_ms" double precision NOT NULL,
	"device_sum_ms" double precision DEFAULT 0 NOT NULL,
	"latency_buckets" jsonb NOT NULL,
	"violations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"cache_hits" integer DEFAULT 0 NOT NULL,
	"coalesced" integer DEFAULT 0 NOT NULL,
	"cascade" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"indicators" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "serving_windows_pk" PRIMARY KEY("endpoint_id","version_id","arm","provider","window_start","gateway_id")
);
--> statement-breakpoint
CREATE TABLE "serving_hours" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"provider" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"windows" bit(360) NOT NULL,
	"requests" bigint NOT NULL,
	"failures" jsonb NOT NULL,
	"queue_sum_ms" double precision NOT NULL,
	"compute_sum_ms" double precision NOT NULL,
	"latency_buckets" jsonb NOT NULL,
	"cache_hits" bigint NOT NULL,
	"coalesced" bigint NOT NULL,
	CONSTRAINT "serving_hours_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider")
);
--> statement-breakpoint
CREATE TABLE "serving_ten_minutes" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"provider" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"windows" bit(360) NOT NULL,
	"requests" bigint NOT NULL,
	"failures" jsonb NOT NULL,
	"queue_sum_ms" double precision NOT NULL,
	"compute_sum_ms" double precision NOT NULL,
	"latency_buckets" jsonb NOT NULL,
	"cache_hits" bigint NOT NULL,
	"coalesced" bigint NOT NULL,
	"start" timestamp with time zone NOT NULL,
	CONSTRAINT "serving_ten_minutes_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider","start")
);
--> statement-breakpoint
CREATE TABLE "budget_adjustments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"slo_id" uuid NOT NULL,
	"from" timestamp with time zone NOT NULL,
	"to" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_by" text,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "budget_approvals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"slo_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"approved_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"is_revoked" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endpoint_freezes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"frozen_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"lifted_by" text,
	"lifted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sli_hours" (
	"workspace_id" uuid NOT NULL,
	"series_id" uuid NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"version_id" uuid NOT NULL,
	"good" double precision[] NOT NULL,
	"total" double precision[] NOT NULL,
	CONSTRAINT "sli_hours_series_id_hour_version_id_pk" PRIMARY KEY("series_id","hour","version_id")
);
--> statement-breakpoint
CREATE TABLE "sli_series" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid,
	"key" text NOT NULL,
	"indicator" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"counted_until" timestamp with time zone,
	"counted_from" timestamp with time zone,
	"revision" integer DEFAULT 0 NOT NULL,
	"approximate_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "slo_revisions" (
	"workspace_id" uuid NOT NULL,
	"slo_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"changed_by" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "slo_revisions_slo_id_revision_pk" PRIMARY KEY("slo_id","revision")
);
--> statement-breakpoint
CREATE TABLE "slo_states" (
	"slo_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"evaluated_at" timestamp with time zone NOT NULL,
	"state" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slos" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"endpoint_id" uuid,
	"series_id" uuid,
	"definition" jsonb NOT NULL,
	"team_id" uuid,
	"runbook_id" uuid,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"paused_at" timestamp with time zone,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "inference_tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version" integer,
	"state" text DEFAULT 'queued' NOT NULL,
	"submitted_by_id" text NOT NULL,
	"submitted_by" text NOT NULL,
	"submitted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease" uuid,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"input" "bytea",
	"input_id" uuid,
	"input_bytes" bigint NOT NULL,
	"input_header_length" text,
	"webhook_url" text,
	"result" "bytea",
	"result_key" text,
	"result_bytes" bigint,
	"result_header_length" integer,
	"served_version" integer,
	"provider" text,
	"error_status" integer,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "task_inputs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"artifact_key" text NOT NULL,
	"size_bytes" bigint,
	"created_by_id" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evaluation_datasets" (
	"workspace_id" uuid NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"digest" text NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"experiment_ids" bigint[] DEFAULT '{}' NOT NULL,
	"created_by" text NOT NULL,
	"updated_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "evaluation_datasets_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "evaluation_records" (
	"workspace_id" uuid NOT NULL,
	"dataset_id" text NOT NULL,
	"id" text NOT NULL,
	"input_hash" text NOT NULL,
	"inputs" jsonb NOT NULL,
	"outputs" jsonb,
	"expectations" jsonb,
	"tags" jsonb,
	"source" jsonb,
	"created_by" text NOT NULL,
	"updated_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "evaluation_records_workspace_id_dataset_id_input_hash_pk" PRIMARY KEY("workspace_id","dataset_id","input_hash")
);
--> statement-breakpoint
CREATE TABLE "trace_assessments" (
	"workspace_id" uuid NOT NULL,
	"trace_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"value" text NOT NULL,
	"source_type" text NOT NULL,
	"source_id" text NOT NULL,
	"rationale" text,
	"metadata" jsonb,
	"span_id" text,
	"overrides" text,
	"error" jsonb,
	"is_valid" boolean DEFAULT true NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "trace_assessments_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "trace_spans" (
	"workspace_id" uuid NOT NULL,
	"trace_id" text NOT NULL,
	"id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"started_at_nanoseconds" bigint NOT NULL,
	"ended_at_nanoseconds" bigint NOT NULL,
	"attributes" jsonb NOT NULL,
	"content" text NOT NULL,
	CONSTRAINT "trace_spans_workspace_id_trace_id_id_pk" PRIMARY KEY("workspace_id","trace_id","id")
);
--> statement-breakpoint
CREATE TABLE "traces" (
	"workspace_id" uuid NOT NULL,
	"id" text NOT NULL,
	"experiment_id" bigint NOT NULL,
	"started_at" bigint NOT NULL,
	"duration_ms" bigint,
	"state" text NOT NULL,
	"request_preview" text,
	"response_preview" text,
	"client_request_id" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "traces_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"experiment_id" bigint NOT NULL,
	"name" text NOT NULL,
	"digest" text NOT NULL,
	"source_type" text NOT NULL,
	"source" text NOT NULL,
	"schema" text,
	"profile" text,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "experiment_tags" (
	"workspace_id" uuid NOT NULL,
	"experiment_id" bigint NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "experiment_tags_workspace_id_experiment_id_key_pk" PRIMARY KEY("workspace_id","experiment_id","key")
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"workspace_id" uuid NOT NULL,
	"id" bigint NOT NULL,
	"name" text NOT NULL,
	"artifact_location" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"deleted_at" bigint,
	CONSTRAINT "experiments_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "metric_chunks" (
	"series_id" bigint NOT NULL,
	"first_step" bigint NOT NULL,
	"first_timestamp" bigint NOT NULL,
	"first_value" double precision NOT NULL,
	"last_step" bigint NOT NULL,
	"last_timestamp" bigint NOT NULL,
	"last_value" double precision NOT NULL,
	"earliest" bigint NOT NULL,
	"latest" bigint NOT NULL,
	"points" integer NOT NULL,
	"nan_step" bigint,
	"is_settled" boolean NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "metric_chunks_series_id_first_step_first_timestamp_first_value_pk" PRIMARY KEY("series_id","first_step","first_timestamp","first_value")
);
--> statement-breakpoint
CREATE TABLE "metric_points" (
	"series_id" bigint NOT NULL,
	"step" bigint NOT NULL,
	"timestamp" bigint NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "metric_points_series_id_step_timestamp_value_pk" PRIMARY KEY("series_id","step","timestamp","value")
);
--> statement-breakpoint
CREATE TABLE "metric_series" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "metric_series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"step" bigint NOT NULL,
	"timestamp" bigint NOT NULL,
	"value" double precision NOT NULL,
	"packed_step" bigint,
	"packed_timestamp" bigint,
	"packed_value" double precision,
	CONSTRAINT "metric_series_run_id_key_pk" PRIMARY KEY("run_id","key"),
	CONSTRAINT "metric_series_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "run_datasets" (
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"dataset_id" uuid NOT NULL,
	"tags" text DEFAULT '[]' NOT NULL,
	CONSTRAINT "run_datasets_run_id_dataset_id_pk" PRIMARY KEY("run_id","dataset_id")
);
--> statement-breakpoint
CREATE TABLE "run_params" (
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "run_params_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "run_tags" (
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "run_tags_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"experiment_id" bigint NOT NULL,
	"parent_run_id" text,
	"name" text NOT NULL,
	"user_name" text NOT NULL,
	"status" "run_status" NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint,
	"artifact_uri" text NOT NULL,
	"updated_at" bigint NOT NULL,
	"deleted_at" bigint,
	"needs_packing" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "experiment_retention" (
	"workspace_id" uuid NOT NULL,
	"experiment_id" bigint NOT NULL,
	"delete_runs_after_days" integer,
	"purge_after_days" integer,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "experiment_retention_workspace_id_experiment_id_pk" PRIMARY KEY("workspace_id","experiment_id")
);
--> statement-breakpoint
CREATE TABLE "purges" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"name" text NOT NULL,
	"requested_by" text NOT NULL,
	"reason" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "trashed_models" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"model_id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" integer,
	"rows" jsonb NOT NULL,
	"deleted_at" bigint NOT NULL,
	"deleted_by" text NOT NULL,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "workspace_retention" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"delete_runs_after_days" integer,
	"purge_after_days" integer,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_views" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"experiment_id" bigint NOT NULL,
	"name" text NOT NULL,
	"owner_id" uuid,
	"state" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_attempts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"duration_ms" integer NOT NULL,
	"status" integer,
	"answer" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"webhook_id" uuid NOT NULL,
	"event" text NOT NULL,
	"url" text,
	"receiver" text GENERATED ALWAYS AS (webhook_id::text || coalesce(' ' || lower(substring(url from '^[^:]+://[^/?#]+')), '')) STORED NOT NULL,
	"task_id" uuid,
	"body" text NOT NULL,
	"state" "delivery_state" DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"replay_of" uuid
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"secret" text,
	"previous_secret" text,
	"previous_secret_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "webhooks_endpointId_unique" UNIQUE("endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone,
	CONSTRAINT "workspaces_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE INDEX "alert_events_fingerprint" ON "alert_events" USING btree ("workspace_id","fingerprint","at");
--> statement-breakpoint
CREATE INDEX "alert_events_group" ON "alert_events" USING btree ("group_id","at");
--> statement-breakpoint
CREATE INDEX "alert_events_kind" ON "alert_events" USING btree ("workspace_id","kind","at");
--> statement-breakpoint
CREATE INDEX "alert_events_rule" ON "alert_events" USING btree ("workspace_id","rule_key","at");
--> statement-breakpoint
CREATE INDEX "alert_group_members_alert" ON "alert_group_members" USING btree ("workspace_id","fingerprint");
--> statement-breakpoint
CREATE UNIQUE INDEX "alert_groups_open" ON "alert_groups" USING btree ("workspace_id","route_path","group_key") WHERE "alert_groups"."ended_at" is null;
--> statement-breakpoint
CREATE INDEX "alert_groups_due" ON "alert_groups" USING btree ("next_flush_at") WHERE "alert_groups"."next_flush_at" is not null;
--> statement-breakpoint
CREATE INDEX "alert_groups_queue" ON "alert_groups" USING btree ("workspace_id","weight","id") WHERE "alert_groups"."ended_at" is null;
--> statement-breakpoint
CREATE INDEX "alert_groups_workspace" ON "alert_groups" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE INDEX "alert_groups_ended" ON "alert_groups" USING btree ("workspace_id","ended_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "alert_rules_name" ON "alert_rules" USING btree ("workspace_id","name") WHERE "alert_rules"."archived_at" is null;
--> statement-breakpoint
CREATE INDEX "alert_rules_due" ON "alert_rules" USING btree ("evaluated_at") WHERE "alert_rules"."archived_at" is null and "alert_rules"."disabled_at" is null;
--> statement-breakpoint
CREATE INDEX "alert_verdicts_rule" ON "alert_verdicts" USING btree ("workspace_id","rule_key","at");
--> statement-breakpoint
CREATE INDEX "alerts_open" ON "alerts" USING btree ("workspace_id","ends_at") WHERE not "alerts"."is_settled";
--> statement-breakpoint
CREATE INDEX "alerts_ending" ON "alerts" USING btree ("ends_at") WHERE not "alerts"."is_ended";
--> statement-breakpoint
CREATE INDEX "alerts_rule" ON "alerts" USING btree ("workspace_id","rule_key");
--> statement-breakpoint
CREATE INDEX "silence_recurrences_workspace" ON "silence_recurrences" USING btree ("workspace_id");
--> statement-breakpoint
CREATE INDEX "silences_workspace" ON "silences" USING btree ("workspace_id","ends_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "silences_occurrence" ON "silences" USING btree ("recurrence_id","starts_at");
--> statement-breakpoint
CREATE INDEX "artifact_files_key" ON "artifact_files" USING btree ("key" collate "C");
--> statement-breakpoint
CREATE UNIQUE INDEX "artifact_releases_prefix" ON "artifact_releases" USING btree ("workspace_id","prefix");
--> statement-breakpoint
CREATE INDEX "artifact_uploads_workspace" ON "artifact_uploads" USING btree ("workspace_id","key");
--> statement-breakpoint
CREATE INDEX "audit_events_at" ON "audit_events" USING btree ("workspace_id","at");
--> statement-breakpoint
CREATE INDEX "audit_events_subject" ON "audit_events" USING btree ("workspace_id","subject");
--> statement-breakpoint
CREATE INDEX "cost_budgets_workspace" ON "cost_budgets" USING btree ("workspace_id","from");
--> statement-breakpoint
CREATE INDEX "machine_hours_hour" ON "machine_hours" USING btree ("hour");
--> statement-breakpoint
CREATE INDEX "prices_item" ON "prices" USING btree ("workspace_id","item","from");
--> statement-breakpoint
CREATE INDEX "usage_hours_machine" ON "usage_hours" USING btree ("machine","hour");
--> statement-breakpoint
CREATE INDEX "usage_hours_hour" ON "usage_hours" USING btree ("workspace_id","hour");
--> statement-breakpoint
CREATE UNIQUE INDEX "dataset_checks_once" ON "dataset_checks" USING btree ("version_id","contract_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "dataset_contracts_revision" ON "dataset_contracts" USING btree ("workspace_id","name","revision");
--> statement-breakpoint
CREATE INDEX "dataset_uploads_name" ON "dataset_uploads" USING btree ("workspace_id","name","created_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "dataset_versions_digest" ON "dataset_versions" USING btree ("workspace_id","name","digest");
--> statement-breakpoint
CREATE UNIQUE INDEX "dataset_versions_id" ON "dataset_versions" USING btree ("workspace_id","id");
--> statement-breakpoint
CREATE INDEX "leakage_checks_name" ON "leakage_checks" USING btree ("workspace_id","name","created_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "run_findings_open" ON "run_findings" USING btree ("run_id","kind") WHERE "run_findings"."until" is null;
--> statement-breakpoint
CREATE INDEX "run_findings_run" ON "run_findings" USING btree ("run_id");
--> statement-breakpoint
CREATE INDEX "run_findings_workspace" ON "run_findings" USING btree ("workspace_id","since") WHERE "run_findings"."until" is null;
--> statement-breakpoint
CREATE INDEX "run_health_checks_due" ON "run_health_checks" USING btree ("due_at") WHERE "run_health_checks"."due_at" is not null;
--> statement-breakpoint
CREATE INDEX "idempotent_answers_expiry" ON "idempotent_answers" USING btree ("expires_at");
--> statement-breakpoint
CREATE INDEX "api_tokens_workspace" ON "api_tokens" USING btree ("workspace_id");
--> statement-breakpoint
CREATE INDEX "memberships_user" ON "memberships" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "sign_in_attempts_email" ON "sign_in_attempts" USING btree ("email","at");
--> statement-breakpoint
CREATE INDEX "sign_in_attempts_address" ON "sign_in_attempts" USING btree ("address","at");
--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));
--> statement-breakpoint
CREATE UNIQUE INDEX "users_oidc_subject" ON "users" USING btree ("oidc_subject");
--> statement-breakpoint
CREATE INDEX "exports_workspace" ON "exports" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE INDEX "import_items_source" ON "import_items" USING btree ("workspace_id","kind","source_id");
--> statement-breakpoint
CREATE INDEX "imports_workspace" ON "imports" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE INDEX "external_changes_at" ON "external_changes" USING btree ("workspace_id","at");
--> statement-breakpoint
CREATE INDEX "incident_actions_incident" ON "incident_actions" USING btree ("incident_id");
--> statement-breakpoint
CREATE INDEX "incident_actions_due" ON "incident_actions" USING btree ("workspace_id","due_on");
--> statement-breakpoint
CREATE INDEX "incident_links_ref" ON "incident_links" USING btree ("workspace_id","kind","ref");
--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_number" ON "incidents" USING btree ("workspace_id","number");
--> statement-breakpoint
CREATE INDEX "incidents_state" ON "incidents" USING btree ("workspace_id","state");
--> statement-breakpoint
CREATE INDEX "incidents_endpoint" ON "incidents" USING btree ("endpoint_id","started_at");
--> statement-breakpoint
CREATE INDEX "timeline_events_incident" ON "timeline_events" USING btree ("incident_id","at");
--> statement-breakpoint
CREATE UNIQUE INDEX "timeline_events_once" ON "timeline_events" USING btree ("incident_id","once_key");
--> statement-breakpoint
CREATE INDEX "load_tests_endpoint" ON "load_tests" USING btree ("endpoint_id","created_at");
--> statement-breakpoint
CREATE INDEX "load_tests_version" ON "load_tests" USING btree ("version_id","created_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "load_tests_one_at_a_time" ON "load_tests" USING btree ("endpoint_id") WHERE state in ('waiting', 'running');
--> statement-breakpoint
CREATE UNIQUE INDEX "logged_model_metrics_point" ON "logged_model_metrics" USING btree ("model_id","run_id","key","step","timestamp","value");
--> statement-breakpoint
CREATE INDEX "logged_models_experiment" ON "logged_models" USING btree ("workspace_id","experiment_id","created_at");
--> statement-breakpoint
CREATE INDEX "logged_models_run" ON "logged_models" USING btree ("source_run_id");
--> statement-breakpoint
CREATE INDEX "drift_windows_start" ON "drift_windows" USING btree ("workspace_id","start");
--> statement-breakpoint
CREATE INDEX "expected_drifts_endpoint" ON "expected_drifts" USING btree ("endpoint_id");
--> statement-breakpoint
CREATE INDEX "feature_states_start" ON "feature_states" USING btree ("grain","start");
--> statement-breakpoint
CREATE INDEX "monitoring_analyses_endpoint" ON "monitoring_analyses" USING btree ("workspace_id","endpoint_id","created_at");
--> statement-breakpoint
CREATE INDEX "monitoring_findings_endpoint" ON "monitoring_findings" USING btree ("endpoint_id","opened_at");
--> statement-breakpoint
CREATE INDEX "monitoring_findings_workspace" ON "monitoring_findings" USING btree ("workspace_id","opened_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "monitoring_marks_name" ON "monitoring_marks" USING btree ("endpoint_id","name");
--> statement-breakpoint
CREATE INDEX "reference_profiles_version" ON "reference_profiles" USING btree ("version_id","created_at");
--> statement-breakpoint
CREATE INDEX "channel_answers_at" ON "channel_answers" USING btree ("channel_id","at");
--> statement-breakpoint
CREATE INDEX "channels_receiver" ON "channels" USING btree ("receiver_id");
--> statement-breakpoint
CREATE INDEX "notification_attempts_of" ON "notification_attempts" USING btree ("notification_id","at");
--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_once" ON "notifications" USING btree ("workspace_id","once_key");
--> statement-breakpoint
CREATE INDEX "notifications_due" ON "notifications" USING btree ("turn","next_attempt_at") WHERE "notifications"."state" = 'pending';
--> statement-breakpoint
CREATE INDEX "notifications_lane" ON "notifications" USING btree ("turn","lane","sequence") WHERE "notifications"."state" = 'pending';
--> statement-breakpoint
CREATE INDEX "notifications_delivered" ON "notifications" USING btree ("turn","delivered_at") WHERE "notifications"."state" = 'delivered';
--> statement-breakpoint
CREATE INDEX "notifications_group" ON "notifications" USING btree ("group_id");
--> statement-breakpoint
CREATE INDEX "notifications_channel" ON "notifications" USING btree ("channel_id","created_at");
--> statement-breakpoint
CREATE INDEX "notifications_created" ON "notifications" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "receivers_name" ON "receivers" USING btree ("workspace_id","name");
--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_policies_name" ON "escalation_policies" USING btree ("workspace_id","name") WHERE "escalation_policies"."archived_at" is null;
--> statement-breakpoint
CREATE INDEX "escalations_due" ON "escalations" USING btree ("next_at");
--> statement-breakpoint
CREATE INDEX "escalations_group" ON "escalations" USING btree ("group_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "escalations_open" ON "escalations" USING btree ("group_id") WHERE "escalations"."ended_at" is null;
--> statement-breakpoint
CREATE UNIQUE INDEX "handover_notes_shift" ON "handover_notes" USING btree ("schedule_id","shift_from");
--> statement-breakpoint
CREATE INDEX "schedule_overrides_span" ON "schedule_overrides" USING btree ("schedule_id","from");
--> statement-breakpoint
CREATE UNIQUE INDEX "schedules_name" ON "schedules" USING btree ("workspace_id","name") WHERE "schedules"."archived_at" is null;
--> statement-breakpoint
CREATE INDEX "team_endpoints_team" ON "team_endpoints" USING btree ("team_id");
--> statement-breakpoint
CREATE INDEX "team_models_team" ON "team_models" USING btree ("team_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "teams_name" ON "teams" USING btree ("workspace_id","name") WHERE "teams"."archived_at" is null;
--> statement-breakpoint
CREATE INDEX "playground_runs_workspace" ON "playground_runs" USING btree ("workspace_id","started_at");
--> statement-breakpoint
CREATE INDEX "playground_runs_parent" ON "playground_runs" USING btree ("parent_id");
--> statement-breakpoint
CREATE INDEX "alias_changes_of_alias" ON "alias_changes" USING btree ("model_id","alias","at","id");
--> statement-breakpoint
CREATE UNIQUE INDEX "gate_runs_once" ON "gate_runs" USING btree ("check_id","gate");
--> statement-breakpoint
CREATE INDEX "gate_runs_newest" ON "gate_runs" USING btree ("version_id","alias","gate","id");
--> statement-breakpoint
CREATE INDEX "gate_waivers_of_gate" ON "gate_waivers" USING btree ("version_id","alias","gate","until");
--> statement-breakpoint
CREATE INDEX "promotion_requests_of_model" ON "promotion_requests" USING btree ("model_id","at");
--> statement-breakpoint
CREATE INDEX "promotion_requests_of_workspace" ON "promotion_requests" USING btree ("workspace_id","at");
--> statement-breakpoint
CREATE INDEX "promotion_requests_of_version" ON "promotion_requests" USING btree ("version_id");
--> statement-breakpoint
CREATE INDEX "registry_policies_newest" ON "registry_policies" USING btree ("workspace_id","model_id","id");
--> statement-breakpoint
CREATE INDEX "quality_hours_hour" ON "quality_hours" USING btree ("workspace_id","hour");
--> statement-breakpoint
CREATE INDEX "quality_minutes_minute" ON "quality_minutes" USING btree ("minute");
--> statement-breakpoint
CREATE INDEX "model_aliases_version" ON "model_aliases" USING btree ("version_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "model_versions_number" ON "model_versions" USING btree ("model_id","version");
--> statement-breakpoint
CREATE INDEX "model_versions_run" ON "model_versions" USING btree ("run_id");
--> statement-breakpoint
CREATE INDEX "model_versions_workspace" ON "model_versions" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "registered_models_name" ON "registered_models" USING btree ("workspace_id","name");
--> statement-breakpoint
CREATE INDEX "kpi_events_at" ON "kpi_events" USING btree ("kpi_id","at");
--> statement-breakpoint
CREATE UNIQUE INDEX "kpis_name" ON "kpis" USING btree ("workspace_id","name");
--> statement-breakpoint
CREATE UNIQUE INDEX "reports_period" ON "reports" USING btree ("workspace_id","period","start");
--> statement-breakpoint
CREATE INDEX "review_ticks_of" ON "review_ticks" USING btree ("workspace_id","cadence","start");
--> statement-breakpoint
CREATE INDEX "rollout_decisions_of" ON "rollout_decisions" USING btree ("rollout_id","id");
--> statement-breakpoint
CREATE INDEX "rollouts_endpoint" ON "rollouts" USING btree ("endpoint_id","created_at");
--> statement-breakpoint
CREATE INDEX "rollouts_workspace" ON "rollouts" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "rollouts_one_at_a_time" ON "rollouts" USING btree ("endpoint_id") WHERE phase in ('starting', 'stepping', 'watching');
--> statement-breakpoint
CREATE INDEX "runbook_ticks_runbook" ON "runbook_ticks" USING btree ("runbook_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "runbooks_name" ON "runbooks" USING btree ("workspace_id","name");
--> statement-breakpoint
CREATE UNIQUE INDEX "trusted_keys_key" ON "trusted_keys" USING btree ("workspace_id","public_key");
--> statement-breakpoint
CREATE INDEX "deployments_endpoint" ON "deployments" USING btree ("endpoint_id","id");
--> statement-breakpoint
CREATE UNIQUE INDEX "endpoints_name" ON "endpoints" USING btree ("workspace_id","name");
--> statement-breakpoint
CREATE INDEX "gpu_windows_gateway" ON "gpu_windows" USING btree ("gateway_id","window_start");
--> statement-breakpoint
CREATE INDEX "prediction_labels_received" ON "prediction_labels" USING btree ("endpoint_id","received_at");
--> statement-breakpoint
CREATE INDEX "predictions_endpoint" ON "predictions" USING btree ("endpoint_id","at");
--> statement-breakpoint
CREATE INDEX "predictions_request" ON "predictions" USING btree ("workspace_id","request_id");
--> statement-breakpoint
CREATE INDEX "serving_windows_workspace" ON "serving_windows" USING btree ("workspace_id","window_start");
--> statement-breakpoint
CREATE INDEX "serving_windows_endpoint" ON "serving_windows" USING btree ("endpoint_id","window_start");
--> statement-breakpoint
CREATE INDEX "serving_windows_violations" ON "serving_windows" USING btree ("endpoint_id","window_start") WHERE "serving_windows"."violations" <> '{}';
--> statement-breakpoint
CREATE INDEX "serving_hours_workspace" ON "serving_hours" USING btree ("workspace_id","hour");
--> statement-breakpoint
CREATE INDEX "serving_ten_minutes_start" ON "serving_ten_minutes" USING btree ("endpoint_id","start");
--> statement-breakpoint
CREATE INDEX "budget_adjustments_slo" ON "budget_adjustments" USING btree ("slo_id","from");
--> statement-breakpoint
CREATE INDEX "budget_approvals_slo" ON "budget_approvals" USING btree ("slo_id","until");
--> statement-breakpoint
CREATE INDEX "endpoint_freezes_endpoint" ON "endpoint_freezes" USING btree ("endpoint_id","until");
--> statement-breakpoint
CREATE INDEX "sli_hours_hour" ON "sli_hours" USING btree ("hour");
--> statement-breakpoint
CREATE UNIQUE INDEX "sli_series_key" ON "sli_series" USING btree ("workspace_id","key");
--> statement-breakpoint
CREATE INDEX "sli_series_counted" ON "sli_series" USING btree ("counted_until");
--> statement-breakpoint
CREATE INDEX "slo_states_workspace" ON "slo_states" USING btree ("workspace_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "slos_name" ON "slos" USING btree ("workspace_id","name");
--> statement-breakpoint
CREATE INDEX "slos_endpoint" ON "slos" USING btree ("endpoint_id");
--> statement-breakpoint
CREATE INDEX "inference_tasks_due" ON "inference_tasks" USING btree ("endpoint_id","due_at") WHERE "inference_tasks"."state" in ('queued', 'running');
--> statement-breakpoint
CREATE INDEX "inference_tasks_submitted" ON "inference_tasks" USING btree ("endpoint_id","submitted_at","id");
--> statement-breakpoint
CREATE INDEX "inference_tasks_finished" ON "inference_tasks" USING btree ("endpoint_id","finished_at");
--> statement-breakpoint
CREATE INDEX "inference_tasks_failed" ON "inference_tasks" USING btree ("endpoint_id","finished_at") WHERE "inference_tasks"."state" = 'failed';
--> statement-breakpoint
CREATE INDEX "inference_tasks_input" ON "inference_tasks" USING btree ("input_id");
--> statement-breakpoint
CREATE INDEX "task_inputs_expiry" ON "task_inputs" USING btree ("expires_at");
--> statement-breakpoint
CREATE INDEX "evaluation_datasets_created" ON "evaluation_datasets" USING btree ("workspace_id","created_at");
--> statement-breakpoint
CREATE INDEX "trace_assessments_trace" ON "trace_assessments" USING btree ("workspace_id","trace_id");
--> statement-breakpoint
CREATE INDEX "traces_experiment" ON "traces" USING btree ("workspace_id","experiment_id","started_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "datasets_identity" ON "datasets" USING btree ("workspace_id","experiment_id","name","digest");
--> statement-breakpoint
CREATE UNIQUE INDEX "experiments_active_name" ON "experiments" USING btree ("workspace_id","name") WHERE "experiments"."deleted_at" is null;
--> statement-breakpoint
CREATE INDEX "metric_chunks_unsettled" ON "metric_chunks" USING btree ("series_id") WHERE not "metric_chunks"."is_settled";
--> statement-breakpoint
CREATE INDEX "metric_series_key" ON "metric_series" USING btree ("workspace_id","key","value");
--> statement-breakpoint
CREATE INDEX "run_datasets_dataset" ON "run_datasets" USING btree ("dataset_id");
--> statement-breakpoint
CREATE INDEX "runs_unpacked" ON "runs" USING btree ("id") WHERE "runs"."needs_packing";
--> statement-breakpoint
CREATE INDEX "runs_experiment" ON "runs" USING btree ("workspace_id","experiment_id","started_at");
--> statement-breakpoint
CREATE INDEX "runs_active_status" ON "runs" USING btree ("workspace_id","experiment_id","status") WHERE "runs"."deleted_at" is null;
--> statement-breakpoint
CREATE INDEX "runs_parent" ON "runs" USING btree ("parent_run_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "purges_open" ON "purges" USING btree ("workspace_id","kind","subject_id") WHERE "purges"."finished_at" is null;
--> statement-breakpoint
CREATE INDEX "trashed_models_workspace" ON "trashed_models" USING btree ("workspace_id","deleted_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "run_views_team_name" ON "run_views" USING btree ("workspace_id","experiment_id","name") WHERE "run_views"."owner_id" is null;
--> statement-breakpoint
CREATE UNIQUE INDEX "run_views_own_name" ON "run_views" USING btree ("workspace_id","experiment_id","owner_id","name") WHERE "run_views"."owner_id" is not null;
--> statement-breakpoint
CREATE INDEX "webhook_attempts_delivery" ON "webhook_attempts" USING btree ("delivery_id","at");
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook" ON "webhook_deliveries" USING btree ("webhook_id","created_at");
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("receiver","next_attempt_at") WHERE "webhook_deliveries"."state" = 'pending';
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_created" ON "webhook_deliveries" USING btree ("created_at");
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_task" ON "webhook_deliveries" USING btree ("task_id");
--> statement-breakpoint
CREATE INDEX "webhooks_workspace" ON "webhooks" USING btree ("workspace_id","created_at");
--> statement-breakpoint
ALTER TABLE "alert_events" ADD CONSTRAINT "alert_events_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_group_members" ADD CONSTRAINT "alert_group_members_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_group_members" ADD CONSTRAINT "alert_group_members_group_id_alert_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."alert_groups"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_groups" ADD CONSTRAINT "alert_groups_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_routings" ADD CONSTRAINT "alert_routings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_runbook_id_runbooks_id_fk" FOREIGN KEY ("runbook_id") REFERENCES "public"."runbooks"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_verdicts" ADD CONSTRAINT "alert_verdicts_group_id_alert_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."alert_groups"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alert_verdicts" ADD CONSTRAINT "alert_verdicts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rule_states" ADD CONSTRAINT "rule_states_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "silence_recurrences" ADD CONSTRAINT "silence_recurrences_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "silences" ADD CONSTRAINT "silences_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "silences" ADD CONSTRAINT "silences_recurrence_id_silence_recurrences_id_fk" FOREIGN KEY ("recurrence_id") REFERENCES "public"."silence_recurrences"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "artifact_files" ADD CONSTRAINT "artifact_files_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "artifact_releases" ADD CONSTRAINT "artifact_releases_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "artifact_uploads" ADD CONSTRAINT "artifact_uploads_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "version_bundles" ADD CONSTRAINT "version_bundles_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "version_bundles" ADD CONSTRAINT "version_bundles_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cost_budgets" ADD CONSTRAINT "cost_budgets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cost_budgets" ADD CONSTRAINT "cost_budgets_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "cost_budgets" ADD CONSTRAINT "cost_budgets_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "prices" ADD CONSTRAINT "prices_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "storage_days" ADD CONSTRAINT "storage_days_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "usage_hours" ADD CONSTRAINT "usage_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "usage_hours" ADD CONSTRAINT "usage_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_checks" ADD CONSTRAINT "dataset_checks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_checks" ADD CONSTRAINT "dataset_checks_contract_id_dataset_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."dataset_contracts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_checks" ADD CONSTRAINT "dataset_checks_workspace_id_version_id_dataset_versions_workspace_id_id_fk" FOREIGN KEY ("workspace_id","version_id") REFERENCES "public"."dataset_versions"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_contracts" ADD CONSTRAINT "dataset_contracts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_uploads" ADD CONSTRAINT "dataset_uploads_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_uploads" ADD CONSTRAINT "dataset_uploads_version_id_dataset_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dataset_versions" ADD CONSTRAINT "dataset_versions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "leakage_checks" ADD CONSTRAINT "leakage_checks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_findings" ADD CONSTRAINT "run_findings_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_health_checks" ADD CONSTRAINT "run_health_checks_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "idempotent_answers" ADD CONSTRAINT "idempotent_answers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "import_items" ADD CONSTRAINT "import_items_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "import_items" ADD CONSTRAINT "import_items_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "external_changes" ADD CONSTRAINT "external_changes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "external_changes" ADD CONSTRAINT "external_changes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incident_actions" ADD CONSTRAINT "incident_actions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incident_actions" ADD CONSTRAINT "incident_actions_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incident_links" ADD CONSTRAINT "incident_links_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incident_links" ADD CONSTRAINT "incident_links_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_runbook_id_runbooks_id_fk" FOREIGN KEY ("runbook_id") REFERENCES "public"."runbooks"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_mortem_revisions" ADD CONSTRAINT "post_mortem_revisions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_mortem_revisions" ADD CONSTRAINT "post_mortem_revisions_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_mortems" ADD CONSTRAINT "post_mortems_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "post_mortems" ADD CONSTRAINT "post_mortems_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "timeline_events" ADD CONSTRAINT "timeline_events_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "timeline_events" ADD CONSTRAINT "timeline_events_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "load_test_steps" ADD CONSTRAINT "load_test_steps_load_test_id_load_tests_id_fk" FOREIGN KEY ("load_test_id") REFERENCES "public"."load_tests"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "load_test_steps" ADD CONSTRAINT "load_test_steps_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "load_tests" ADD CONSTRAINT "load_tests_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "load_tests" ADD CONSTRAINT "load_tests_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "load_tests" ADD CONSTRAINT "load_tests_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_model_metrics" ADD CONSTRAINT "logged_model_metrics_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_model_metrics" ADD CONSTRAINT "logged_model_metrics_model_id_logged_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."logged_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_model_params" ADD CONSTRAINT "logged_model_params_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_model_params" ADD CONSTRAINT "logged_model_params_model_id_logged_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."logged_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_model_tags" ADD CONSTRAINT "logged_model_tags_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_model_tags" ADD CONSTRAINT "logged_model_tags_model_id_logged_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."logged_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "logged_models" ADD CONSTRAINT "logged_models_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_models" ADD CONSTRAINT "run_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_models" ADD CONSTRAINT "run_models_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "drift_windows" ADD CONSTRAINT "drift_windows_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "drift_windows" ADD CONSTRAINT "drift_windows_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "expected_drifts" ADD CONSTRAINT "expected_drifts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "expected_drifts" ADD CONSTRAINT "expected_drifts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "feature_states" ADD CONSTRAINT "feature_states_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "feature_states" ADD CONSTRAINT "feature_states_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitoring_analyses" ADD CONSTRAINT "monitoring_analyses_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitoring_analyses" ADD CONSTRAINT "monitoring_analyses_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitoring_findings" ADD CONSTRAINT "monitoring_findings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitoring_findings" ADD CONSTRAINT "monitoring_findings_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitoring_marks" ADD CONSTRAINT "monitoring_marks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitoring_marks" ADD CONSTRAINT "monitoring_marks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reference_features" ADD CONSTRAINT "reference_features_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reference_features" ADD CONSTRAINT "reference_features_profile_id_reference_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."reference_profiles"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reference_profiles" ADD CONSTRAINT "reference_profiles_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reference_profiles" ADD CONSTRAINT "reference_profiles_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reference_segments" ADD CONSTRAINT "reference_segments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reference_segments" ADD CONSTRAINT "reference_segments_profile_id_reference_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."reference_profiles"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "channel_answers" ADD CONSTRAINT "channel_answers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "channel_answers" ADD CONSTRAINT "channel_answers_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_receiver_id_receivers_id_fk" FOREIGN KEY ("receiver_id") REFERENCES "public"."receivers"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notification_attempts" ADD CONSTRAINT "notification_attempts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notification_attempts" ADD CONSTRAINT "notification_attempts_notification_id_notifications_id_fk" FOREIGN KEY ("notification_id") REFERENCES "public"."notifications"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "receivers" ADD CONSTRAINT "receivers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_methods" ADD CONSTRAINT "contact_methods_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "contact_methods" ADD CONSTRAINT "contact_methods_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "escalation_policies" ADD CONSTRAINT "escalation_policies_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_policy_id_escalation_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."escalation_policies"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "handover_notes" ADD CONSTRAINT "handover_notes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "handover_notes" ADD CONSTRAINT "handover_notes_schedule_id_schedules_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "public"."schedules"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "schedule_overrides" ADD CONSTRAINT "schedule_overrides_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "schedule_overrides" ADD CONSTRAINT "schedule_overrides_schedule_id_schedules_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "public"."schedules"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "schedule_overrides" ADD CONSTRAINT "schedule_overrides_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_endpoints" ADD CONSTRAINT "team_endpoints_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_endpoints" ADD CONSTRAINT "team_endpoints_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_endpoints" ADD CONSTRAINT "team_endpoints_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_models" ADD CONSTRAINT "team_models_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_models" ADD CONSTRAINT "team_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "team_models" ADD CONSTRAINT "team_models_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "playground_items" ADD CONSTRAINT "playground_items_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "playground_items" ADD CONSTRAINT "playground_items_run_id_playground_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."playground_runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "playground_runs" ADD CONSTRAINT "playground_runs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "playground_runs" ADD CONSTRAINT "playground_runs_parent_id_playground_runs_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."playground_runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alias_changes" ADD CONSTRAINT "alias_changes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "alias_changes" ADD CONSTRAINT "alias_changes_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "gate_runs" ADD CONSTRAINT "gate_runs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "gate_runs" ADD CONSTRAINT "gate_runs_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "gate_waivers" ADD CONSTRAINT "gate_waivers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "gate_waivers" ADD CONSTRAINT "gate_waivers_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "promotion_decisions" ADD CONSTRAINT "promotion_decisions_request_id_promotion_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."promotion_requests"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "promotion_decisions" ADD CONSTRAINT "promotion_decisions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "promotion_requests" ADD CONSTRAINT "promotion_requests_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "promotion_requests" ADD CONSTRAINT "promotion_requests_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "promotion_requests" ADD CONSTRAINT "promotion_requests_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "registry_policies" ADD CONSTRAINT "registry_policies_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "registry_policies" ADD CONSTRAINT "registry_policies_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "data_quality_minutes" ADD CONSTRAINT "data_quality_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "data_quality_minutes" ADD CONSTRAINT "data_quality_minutes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "quality_hours" ADD CONSTRAINT "quality_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "quality_hours" ADD CONSTRAINT "quality_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "quality_minutes" ADD CONSTRAINT "quality_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "quality_minutes" ADD CONSTRAINT "quality_minutes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_aliases" ADD CONSTRAINT "model_aliases_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_aliases" ADD CONSTRAINT "model_aliases_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_aliases" ADD CONSTRAINT "model_aliases_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_version_tags" ADD CONSTRAINT "model_version_tags_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_version_tags" ADD CONSTRAINT "model_version_tags_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "registered_model_tags" ADD CONSTRAINT "registered_model_tags_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "registered_model_tags" ADD CONSTRAINT "registered_model_tags_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "registered_models" ADD CONSTRAINT "registered_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "registered_models" ADD CONSTRAINT "registered_models_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "digest_subscriptions" ADD CONSTRAINT "digest_subscriptions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "digest_subscriptions" ADD CONSTRAINT "digest_subscriptions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "kpi_events" ADD CONSTRAINT "kpi_events_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "kpi_events" ADD CONSTRAINT "kpi_events_kpi_id_kpis_id_fk" FOREIGN KEY ("kpi_id") REFERENCES "public"."kpis"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "kpi_events" ADD CONSTRAINT "kpi_events_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "review_ticks" ADD CONSTRAINT "review_ticks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_counts" ADD CONSTRAINT "rollout_counts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_counts" ADD CONSTRAINT "rollout_counts_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_decisions" ADD CONSTRAINT "rollout_decisions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_decisions" ADD CONSTRAINT "rollout_decisions_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_evidence" ADD CONSTRAINT "rollout_evidence_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_evidence" ADD CONSTRAINT "rollout_evidence_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_outcomes" ADD CONSTRAINT "rollout_outcomes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_outcomes" ADD CONSTRAINT "rollout_outcomes_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_units" ADD CONSTRAINT "rollout_units_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollout_units" ADD CONSTRAINT "rollout_units_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_stable_version_id_model_versions_id_fk" FOREIGN KEY ("stable_version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_canary_version_id_model_versions_id_fk" FOREIGN KEY ("canary_version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "runbook_ticks" ADD CONSTRAINT "runbook_ticks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "runbook_ticks" ADD CONSTRAINT "runbook_ticks_runbook_id_runbooks_id_fk" FOREIGN KEY ("runbook_id") REFERENCES "public"."runbooks"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "runbooks" ADD CONSTRAINT "runbooks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "security_policies" ADD CONSTRAINT "security_policies_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trusted_keys" ADD CONSTRAINT "trusted_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "version_scans" ADD CONSTRAINT "version_scans_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "version_scans" ADD CONSTRAINT "version_scans_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "version_signatures" ADD CONSTRAINT "version_signatures_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "version_signatures" ADD CONSTRAINT "version_signatures_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "prediction_labels" ADD CONSTRAINT "prediction_labels_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "prediction_labels" ADD CONSTRAINT "prediction_labels_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "serving_windows" ADD CONSTRAINT "serving_windows_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "serving_windows" ADD CONSTRAINT "serving_windows_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "serving_hours" ADD CONSTRAINT "serving_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "serving_hours" ADD CONSTRAINT "serving_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "serving_ten_minutes" ADD CONSTRAINT "serving_ten_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "serving_ten_minutes" ADD CONSTRAINT "serving_ten_minutes_hour" FOREIGN KEY ("endpoint_id","hour","version_id","arm","provider") REFERENCES "public"."serving_hours"("endpoint_id","hour","version_id","arm","provider") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "budget_adjustments" ADD CONSTRAINT "budget_adjustments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "budget_adjustments" ADD CONSTRAINT "budget_adjustments_slo_id_slos_id_fk" FOREIGN KEY ("slo_id") REFERENCES "public"."slos"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "budget_approvals" ADD CONSTRAINT "budget_approvals_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "budget_approvals" ADD CONSTRAINT "budget_approvals_slo_id_slos_id_fk" FOREIGN KEY ("slo_id") REFERENCES "public"."slos"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "endpoint_freezes" ADD CONSTRAINT "endpoint_freezes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "endpoint_freezes" ADD CONSTRAINT "endpoint_freezes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sli_hours" ADD CONSTRAINT "sli_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sli_hours" ADD CONSTRAINT "sli_hours_series_id_sli_series_id_fk" FOREIGN KEY ("series_id") REFERENCES "public"."sli_series"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sli_series" ADD CONSTRAINT "sli_series_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sli_series" ADD CONSTRAINT "sli_series_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slo_revisions" ADD CONSTRAINT "slo_revisions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slo_revisions" ADD CONSTRAINT "slo_revisions_slo_id_slos_id_fk" FOREIGN KEY ("slo_id") REFERENCES "public"."slos"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slo_states" ADD CONSTRAINT "slo_states_slo_id_slos_id_fk" FOREIGN KEY ("slo_id") REFERENCES "public"."slos"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slo_states" ADD CONSTRAINT "slo_states_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slos" ADD CONSTRAINT "slos_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slos" ADD CONSTRAINT "slos_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slos" ADD CONSTRAINT "slos_series_id_sli_series_id_fk" FOREIGN KEY ("series_id") REFERENCES "public"."sli_series"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slos" ADD CONSTRAINT "slos_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "slos" ADD CONSTRAINT "slos_runbook_id_runbooks_id_fk" FOREIGN KEY ("runbook_id") REFERENCES "public"."runbooks"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "inference_tasks" ADD CONSTRAINT "inference_tasks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "inference_tasks" ADD CONSTRAINT "inference_tasks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "inference_tasks" ADD CONSTRAINT "inference_tasks_input_id_task_inputs_id_fk" FOREIGN KEY ("input_id") REFERENCES "public"."task_inputs"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "task_inputs" ADD CONSTRAINT "task_inputs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "evaluation_records" ADD CONSTRAINT "evaluation_records_workspace_id_dataset_id_evaluation_datasets_workspace_id_id_fk" FOREIGN KEY ("workspace_id","dataset_id") REFERENCES "public"."evaluation_datasets"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trace_assessments" ADD CONSTRAINT "trace_assessments_workspace_id_trace_id_traces_workspace_id_id_fk" FOREIGN KEY ("workspace_id","trace_id") REFERENCES "public"."traces"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trace_spans" ADD CONSTRAINT "trace_spans_workspace_id_trace_id_traces_workspace_id_id_fk" FOREIGN KEY ("workspace_id","trace_id") REFERENCES "public"."traces"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "traces" ADD CONSTRAINT "traces_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "datasets" ADD CONSTRAINT "datasets_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "experiment_tags" ADD CONSTRAINT "experiment_tags_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "metric_series" ADD CONSTRAINT "metric_series_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_datasets" ADD CONSTRAINT "run_datasets_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_datasets" ADD CONSTRAINT "run_datasets_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_params" ADD CONSTRAINT "run_params_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_tags" ADD CONSTRAINT "run_tags_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "experiment_retention" ADD CONSTRAINT "experiment_retention_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "purges" ADD CONSTRAINT "purges_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "trashed_models" ADD CONSTRAINT "trashed_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "workspace_retention" ADD CONSTRAINT "workspace_retention_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_views" ADD CONSTRAINT "run_views_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "run_views" ADD CONSTRAINT "run_views_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery_id_webhook_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."webhook_deliveries"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
-- The history of aliases is append-only. Its rows are deleted with their model, by the cascade, and in no other way.
CREATE FUNCTION "refuse_alias_history_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'the history of aliases is only added to';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "alias_changes_append_only" BEFORE UPDATE OR DELETE ON "alias_changes" FOR EACH ROW EXECUTE FUNCTION "refuse_alias_history_change"();
