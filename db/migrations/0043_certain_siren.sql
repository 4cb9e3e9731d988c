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
	"gateway_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"cores" integer NOT NULL,
	"gpus" integer NOT NULL,
	"memory_bytes" bigint NOT NULL,
	"up_seconds" double precision NOT NULL,
	"core_busy_ms" double precision NOT NULL,
	"gpu_busy_ms" double precision NOT NULL,
	CONSTRAINT "machine_hours_gateway_id_hour_pk" PRIMARY KEY("gateway_id","hour")
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
	"hour" timestamp with time zone NOT NULL,
	"requests" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"cache_hits" bigint NOT NULL,
	"coalesced" bigint NOT NULL,
	"compute_ms" double precision NOT NULL,
	CONSTRAINT "usage_hours_endpoint_id_hour_version_id_arm_provider_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider")
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
CREATE TABLE "quality_hours" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"predictions" integer NOT NULL,
	"labelled" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"counted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quality_hours_endpoint_id_hour_version_id_segment_arm_pk" PRIMARY KEY("endpoint_id","hour","version_id","segment","arm")
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
	"reason" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"retired_at" timestamp with time zone
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
ALTER TABLE "cost_budgets" ADD CONSTRAINT "cost_budgets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_budgets" ADD CONSTRAINT "cost_budgets_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_budgets" ADD CONSTRAINT "cost_budgets_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prices" ADD CONSTRAINT "prices_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "storage_days" ADD CONSTRAINT "storage_days_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_hours" ADD CONSTRAINT "usage_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_hours" ADD CONSTRAINT "usage_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_windows" ADD CONSTRAINT "drift_windows_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drift_windows" ADD CONSTRAINT "drift_windows_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expected_drifts" ADD CONSTRAINT "expected_drifts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expected_drifts" ADD CONSTRAINT "expected_drifts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_states" ADD CONSTRAINT "feature_states_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_states" ADD CONSTRAINT "feature_states_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitoring_analyses" ADD CONSTRAINT "monitoring_analyses_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitoring_analyses" ADD CONSTRAINT "monitoring_analyses_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitoring_findings" ADD CONSTRAINT "monitoring_findings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitoring_findings" ADD CONSTRAINT "monitoring_findings_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitoring_marks" ADD CONSTRAINT "monitoring_marks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitoring_marks" ADD CONSTRAINT "monitoring_marks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quality_hours" ADD CONSTRAINT "quality_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quality_hours" ADD CONSTRAINT "quality_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reference_features" ADD CONSTRAINT "reference_features_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reference_features" ADD CONSTRAINT "reference_features_profile_id_reference_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."reference_profiles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reference_profiles" ADD CONSTRAINT "reference_profiles_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reference_profiles" ADD CONSTRAINT "reference_profiles_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digest_subscriptions" ADD CONSTRAINT "digest_subscriptions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digest_subscriptions" ADD CONSTRAINT "digest_subscriptions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpi_events" ADD CONSTRAINT "kpi_events_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpi_events" ADD CONSTRAINT "kpi_events_kpi_id_kpis_id_fk" FOREIGN KEY ("kpi_id") REFERENCES "public"."kpis"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpi_events" ADD CONSTRAINT "kpi_events_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_ticks" ADD CONSTRAINT "review_ticks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cost_budgets_workspace" ON "cost_budgets" USING btree ("workspace_id","from");--> statement-breakpoint
CREATE INDEX "machine_hours_hour" ON "machine_hours" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "prices_item" ON "prices" USING btree ("workspace_id","item","from");--> statement-breakpoint
CREATE INDEX "usage_hours_hour" ON "usage_hours" USING btree ("workspace_id","hour");--> statement-breakpoint
CREATE INDEX "drift_windows_start" ON "drift_windows" USING btree ("workspace_id","start");--> statement-breakpoint
CREATE INDEX "expected_drifts_endpoint" ON "expected_drifts" USING btree ("endpoint_id");--> statement-breakpoint
CREATE INDEX "feature_states_start" ON "feature_states" USING btree ("grain","start");--> statement-breakpoint
CREATE INDEX "monitoring_analyses_endpoint" ON "monitoring_analyses" USING btree ("workspace_id","endpoint_id","created_at");--> statement-breakpoint
CREATE INDEX "monitoring_findings_endpoint" ON "monitoring_findings" USING btree ("endpoint_id","opened_at");--> statement-breakpoint
CREATE INDEX "monitoring_findings_workspace" ON "monitoring_findings" USING btree ("workspace_id","opened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "monitoring_marks_name" ON "monitoring_marks" USING btree ("endpoint_id","name");--> statement-breakpoint
CREATE INDEX "quality_hours_hour" ON "quality_hours" USING btree ("workspace_id","hour");--> statement-breakpoint
CREATE INDEX "reference_profiles_version" ON "reference_profiles" USING btree ("version_id","created_at");--> statement-breakpoint
CREATE INDEX "kpi_events_at" ON "kpi_events" USING btree ("kpi_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "kpis_name" ON "kpis" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "reports_period" ON "reports" USING btree ("workspace_id","period","start");--> statement-breakpoint
CREATE INDEX "review_ticks_of" ON "review_ticks" USING btree ("workspace_id","cadence","start");