CREATE TABLE "job_templates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"spec" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "training_attempts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"job_id" text NOT NULL,
	"number" integer NOT NULL,
	"launch" integer NOT NULL,
	"state" text DEFAULT 'launched' NOT NULL,
	"token_hash" text,
	"api_token_id" uuid,
	"host" text DEFAULT '' NOT NULL,
	"process" text DEFAULT '' NOT NULL,
	"resumed_from" uuid,
	"from_step" bigint,
	"last_step" bigint,
	"launched_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"heartbeat_at" timestamp with time zone,
	"heartbeat" jsonb,
	"report" jsonb,
	"silent_since" timestamp with time zone,
	"fenced_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"exit_code" integer,
	"signal" text,
	"cause" text,
	"message" text,
	"machine" jsonb,
	"record" jsonb,
	"log_bytes" bigint DEFAULT 0 NOT NULL,
	"log_dropped" bigint DEFAULT 0 NOT NULL,
	"torn_checkpoints" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "training_attempts_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "training_cache" (
	"workspace_id" uuid NOT NULL,
	"key" text NOT NULL,
	"step" text NOT NULL,
	"state" text NOT NULL,
	"job_id" text NOT NULL,
	"output" jsonb,
	"size_bytes" bigint DEFAULT 0 NOT NULL,
	"seconds" double precision,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp with time zone DEFAULT now() NOT NULL,
	"uses" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "training_cache_workspace_id_key_pk" PRIMARY KEY("workspace_id","key")
);
--> statement-breakpoint
CREATE TABLE "training_checkpoints" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"job_id" text NOT NULL,
	"attempt_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"name" text NOT NULL,
	"framework" text DEFAULT '' NOT NULL,
	"step" bigint,
	"files" jsonb NOT NULL,
	"size_bytes" bigint NOT NULL,
	"metrics" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"saved_seconds" double precision,
	"sent_seconds" double precision,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"verified_at" timestamp with time zone,
	"torn_at" timestamp with time zone,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "training_engines" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"settings" jsonb NOT NULL,
	"secret" text,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"description" jsonb,
	"answered_at" timestamp with time zone,
	"silent_since" timestamp with time zone,
	"problem" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "training_engines_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "training_jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"template_id" uuid,
	"template_revision" integer,
	"engine_id" uuid,
	"sweep_id" uuid,
	"trial" integer,
	"rerun_of" text,
	"is_exact_rerun" boolean DEFAULT false NOT NULL,
	"spec" jsonb NOT NULL,
	"run_id" text NOT NULL,
	"team_id" uuid,
	"priority" text DEFAULT 'normal' NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"waiting" jsonb,
	"cause" text,
	"message" text,
	"stop_request" jsonb,
	"launches" integer DEFAULT 0 NOT NULL,
	"preemptions" integer DEFAULT 0 NOT NULL,
	"losses" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"fruitless" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone,
	"estimate" double precision,
	"currency" text,
	"submitted_by" text NOT NULL,
	"submitted_by_name" text NOT NULL,
	"submitted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "training_jobs_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "training_launches" (
	"workspace_id" uuid NOT NULL,
	"job_id" text NOT NULL,
	"number" integer NOT NULL,
	"engine_id" uuid,
	"handle" jsonb,
	"seen" jsonb,
	"launched_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	CONSTRAINT "training_launches_job_id_number_pk" PRIMARY KEY("job_id","number")
);
--> statement-breakpoint
CREATE TABLE "training_log_chunks" (
	"workspace_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"start" bigint NOT NULL,
	"bytes" integer NOT NULL,
	"first_line" bigint NOT NULL,
	"lines" integer NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "training_log_chunks_attempt_id_start_pk" PRIMARY KEY("attempt_id","start")
);
--> statement-breakpoint
CREATE TABLE "training_quotas" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"team_id" uuid,
	"max_jobs" integer,
	"gpus" integer,
	"cores" double precision,
	"weight" double precision DEFAULT 1 NOT NULL,
	"set_by" text NOT NULL,
	"set_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "training_quotas_team" UNIQUE NULLS NOT DISTINCT("workspace_id","team_id")
);
--> statement-breakpoint
CREATE TABLE "training_sweeps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"spec" jsonb NOT NULL,
	"job" jsonb NOT NULL,
	"rungs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"run_id" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "run_id" text;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "datasets" uuid[];--> statement-breakpoint
ALTER TABLE "job_templates" ADD CONSTRAINT "job_templates_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_attempts" ADD CONSTRAINT "training_attempts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_attempts" ADD CONSTRAINT "training_attempts_job" FOREIGN KEY ("workspace_id","job_id") REFERENCES "public"."training_jobs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_cache" ADD CONSTRAINT "training_cache_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_checkpoints" ADD CONSTRAINT "training_checkpoints_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_checkpoints" ADD CONSTRAINT "training_checkpoints_job" FOREIGN KEY ("workspace_id","job_id") REFERENCES "public"."training_jobs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_engines" ADD CONSTRAINT "training_engines_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_jobs" ADD CONSTRAINT "training_jobs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_jobs" ADD CONSTRAINT "training_jobs_template_id_job_templates_id_fk" FOREIGN KEY ("template_id") REFERENCES "public"."job_templates"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_jobs" ADD CONSTRAINT "training_jobs_engine_id_training_engines_id_fk" FOREIGN KEY ("engine_id") REFERENCES "public"."training_engines"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_jobs" ADD CONSTRAINT "training_jobs_sweep_id_training_sweeps_id_fk" FOREIGN KEY ("sweep_id") REFERENCES "public"."training_sweeps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_jobs" ADD CONSTRAINT "training_jobs_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_launches" ADD CONSTRAINT "training_launches_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_launches" ADD CONSTRAINT "training_launches_engine_id_training_engines_id_fk" FOREIGN KEY ("engine_id") REFERENCES "public"."training_engines"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_launches" ADD CONSTRAINT "training_launches_job" FOREIGN KEY ("workspace_id","job_id") REFERENCES "public"."training_jobs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_log_chunks" ADD CONSTRAINT "training_log_chunks_attempt_id_training_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."training_attempts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_quotas" ADD CONSTRAINT "training_quotas_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_quotas" ADD CONSTRAINT "training_quotas_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_sweeps" ADD CONSTRAINT "training_sweeps_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "job_templates_name" ON "job_templates" USING btree ("workspace_id","name") WHERE archived_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "training_attempts_number" ON "training_attempts" USING btree ("job_id","number");--> statement-breakpoint
CREATE INDEX "training_attempts_open" ON "training_attempts" USING btree ("workspace_id","job_id") WHERE state <> 'ended';--> statement-breakpoint
CREATE UNIQUE INDEX "training_attempts_token" ON "training_attempts" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "training_cache_used" ON "training_cache" USING btree ("used_at");--> statement-breakpoint
CREATE UNIQUE INDEX "training_checkpoints_seq" ON "training_checkpoints" USING btree ("job_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "training_engines_name" ON "training_engines" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "training_jobs_submitted" ON "training_jobs" USING btree ("workspace_id","submitted_at");--> statement-breakpoint
CREATE INDEX "training_jobs_open" ON "training_jobs" USING btree ("workspace_id","state") WHERE state in ('waiting', 'submitting', 'running', 'resuming');--> statement-breakpoint
CREATE INDEX "training_jobs_engine" ON "training_jobs" USING btree ("engine_id");--> statement-breakpoint
CREATE INDEX "training_jobs_run" ON "training_jobs" USING btree ("run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "training_jobs_trial" ON "training_jobs" USING btree ("sweep_id","trial");--> statement-breakpoint
CREATE INDEX "training_launches_kept" ON "training_launches" USING btree ("engine_id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "training_sweeps_created" ON "training_sweeps" USING btree ("workspace_id","created_at");