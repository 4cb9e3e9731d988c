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
ALTER TABLE "workspaces" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "experiment_retention" ADD CONSTRAINT "experiment_retention_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "purges" ADD CONSTRAINT "purges_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trashed_models" ADD CONSTRAINT "trashed_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workspace_retention" ADD CONSTRAINT "workspace_retention_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "purges_open" ON "purges" USING btree ("workspace_id","kind","subject_id") WHERE "purges"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "trashed_models_workspace" ON "trashed_models" USING btree ("workspace_id","deleted_at");