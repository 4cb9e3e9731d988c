CREATE TABLE "evaluation_parts" (
	"run_id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"rows" integer NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "evaluation_parts_run_id_position_pk" PRIMARY KEY("run_id","position")
);
--> statement-breakpoint
CREATE TABLE "evaluation_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"set_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"model_digest" text NOT NULL,
	"pipeline_digest" text DEFAULT '' NOT NULL,
	"provider" text DEFAULT '' NOT NULL,
	"ran_on" text,
	"settings" jsonb,
	"settings_digest" text DEFAULT '' NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"rows_done" bigint DEFAULT 0 NOT NULL,
	"rows_total" bigint NOT NULL,
	"result" jsonb,
	"leakage" jsonb,
	"problem" text,
	"rows_key" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evaluation_sets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"digest" text NOT NULL,
	"dataset_version_id" uuid NOT NULL,
	"definition" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"facts" jsonb,
	"problem" jsonb,
	"rows_key" text,
	"note" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	"retired_by" text,
	"retirement_reason" text
);
--> statement-breakpoint
ALTER TABLE "evaluation_parts" ADD CONSTRAINT "evaluation_parts_run_id_evaluation_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."evaluation_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_parts" ADD CONSTRAINT "evaluation_parts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_runs" ADD CONSTRAINT "evaluation_runs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_runs" ADD CONSTRAINT "evaluation_runs_set_id_evaluation_sets_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."evaluation_sets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_runs" ADD CONSTRAINT "evaluation_runs_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_sets" ADD CONSTRAINT "evaluation_sets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_sets" ADD CONSTRAINT "evaluation_sets_dataset_version_id_dataset_versions_id_fk" FOREIGN KEY ("dataset_version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "evaluation_runs_key" ON "evaluation_runs" USING btree ("set_id","version_id","kind","model_digest","pipeline_digest","provider","settings_digest");--> statement-breakpoint
CREATE INDEX "evaluation_runs_version" ON "evaluation_runs" USING btree ("version_id","created_at");--> statement-breakpoint
CREATE INDEX "evaluation_runs_open" ON "evaluation_runs" USING btree ("workspace_id") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "evaluation_sets_digest" ON "evaluation_sets" USING btree ("workspace_id","name","digest");--> statement-breakpoint
CREATE INDEX "evaluation_sets_created" ON "evaluation_sets" USING btree ("workspace_id","created_at");