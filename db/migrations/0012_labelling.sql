CREATE TABLE "label_annotators" (
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"person" text NOT NULL,
	"name" text NOT NULL,
	"given" integer DEFAULT 0 NOT NULL,
	"cursors" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"answered" integer DEFAULT 0 NOT NULL,
	"cannot_tell" integer DEFAULT 0 NOT NULL,
	"compared" integer DEFAULT 0 NOT NULL,
	"agreed" integer DEFAULT 0 NOT NULL,
	"gold_seen" integer DEFAULT 0 NOT NULL,
	"gold_correct" integer DEFAULT 0 NOT NULL,
	"last_answer_at" timestamp with time zone,
	"paused_at" timestamp with time zone,
	"pause_reason" text,
	"excluded_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "label_annotators_project_id_person_pk" PRIMARY KEY("project_id","person")
);
--> statement-breakpoint
CREATE TABLE "label_answers" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"task_id" bigint NOT NULL,
	"person" text NOT NULL,
	"value" jsonb,
	"cannot_tell" boolean DEFAULT false NOT NULL,
	"result" jsonb,
	"note" text DEFAULT '' NOT NULL,
	"spent_ms" integer,
	"guideline" integer NOT NULL,
	"shown_prediction" boolean DEFAULT false NOT NULL,
	"is_bulk" boolean DEFAULT false NOT NULL,
	"is_surplus" boolean DEFAULT false NOT NULL,
	"is_gold" boolean DEFAULT false NOT NULL,
	"agreed" boolean,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"superseded_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "label_consensus" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"task_id" bigint NOT NULL,
	"value" jsonb NOT NULL,
	"posterior" double precision,
	"method" text NOT NULL,
	"people" smallint NOT NULL,
	"guideline" integer NOT NULL,
	"run_id" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"superseded_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "label_golds" (
	"task_id" bigint PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"value" jsonb NOT NULL,
	"explanation" text DEFAULT '' NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"created_by" text NOT NULL,
	"made_by" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_guidelines" (
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"classes" jsonb NOT NULL,
	"config_text" text NOT NULL,
	"config" jsonb NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "label_guidelines_project_id_version_pk" PRIMARY KEY("project_id","version")
);
--> statement-breakpoint
CREATE TABLE "label_leases" (
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"task_id" bigint NOT NULL,
	"person" text NOT NULL,
	"kind" text DEFAULT 'place' NOT NULL,
	"queue" text DEFAULT '' NOT NULL,
	"shown" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "label_leases_task_id_person_pk" PRIMARY KEY("task_id","person")
);
--> statement-breakpoint
CREATE TABLE "label_predictions" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"task_id" bigint NOT NULL,
	"result" jsonb NOT NULL,
	"score" double precision,
	"model_version" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_projects" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"endpoint_id" uuid,
	"task_kind" text NOT NULL,
	"config_text" text NOT NULL,
	"config" jsonb NOT NULL,
	"settings" jsonb NOT NULL,
	"guideline" integer DEFAULT 1 NOT NULL,
	"seed" uuid DEFAULT gen_random_uuid() NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "label_projects_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "label_reviews" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"task_id" bigint NOT NULL,
	"reviewer" text NOT NULL,
	"verdict" text NOT NULL,
	"value" jsonb,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_runs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"results" jsonb,
	"problem" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "label_task_counts" (
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"shard" smallint NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "label_task_counts_project_id_source_state_shard_pk" PRIMARY KEY("project_id","source","state","shard")
);
--> statement-breakpoint
CREATE TABLE "label_tasks" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"project_id" bigint NOT NULL,
	"item" text NOT NULL,
	"source" text NOT NULL,
	"selection" text NOT NULL,
	"request_id" text,
	"dataset_version_id" uuid,
	"model_version_id" uuid,
	"data" jsonb NOT NULL,
	"meta" jsonb,
	"reason" text DEFAULT '' NOT NULL,
	"rank" double precision NOT NULL,
	"factors" jsonb,
	"group_key" text,
	"probabilities" jsonb,
	"least" smallint DEFAULT 1 NOT NULL,
	"wanted" smallint DEFAULT 1 NOT NULL,
	"taken" smallint DEFAULT 0 NOT NULL,
	"answers" smallint DEFAULT 0 NOT NULL,
	"cannot_tell" smallint DEFAULT 0 NOT NULL,
	"posterior" double precision,
	"state" text DEFAULT 'open' NOT NULL,
	"review" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "label_tasks_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "label_annotators" ADD CONSTRAINT "label_annotators_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_annotators" ADD CONSTRAINT "label_annotators_project" FOREIGN KEY ("workspace_id","project_id") REFERENCES "public"."label_projects"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_answers" ADD CONSTRAINT "label_answers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_answers" ADD CONSTRAINT "label_answers_task" FOREIGN KEY ("workspace_id","task_id") REFERENCES "public"."label_tasks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_consensus" ADD CONSTRAINT "label_consensus_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_consensus" ADD CONSTRAINT "label_consensus_task" FOREIGN KEY ("workspace_id","task_id") REFERENCES "public"."label_tasks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_golds" ADD CONSTRAINT "label_golds_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_golds" ADD CONSTRAINT "label_golds_task" FOREIGN KEY ("workspace_id","task_id") REFERENCES "public"."label_tasks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_guidelines" ADD CONSTRAINT "label_guidelines_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_guidelines" ADD CONSTRAINT "label_guidelines_project" FOREIGN KEY ("workspace_id","project_id") REFERENCES "public"."label_projects"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_leases" ADD CONSTRAINT "label_leases_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_leases" ADD CONSTRAINT "label_leases_task" FOREIGN KEY ("workspace_id","task_id") REFERENCES "public"."label_tasks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_predictions" ADD CONSTRAINT "label_predictions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_predictions" ADD CONSTRAINT "label_predictions_task" FOREIGN KEY ("workspace_id","task_id") REFERENCES "public"."label_tasks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_projects" ADD CONSTRAINT "label_projects_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_projects" ADD CONSTRAINT "label_projects_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_reviews" ADD CONSTRAINT "label_reviews_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_reviews" ADD CONSTRAINT "label_reviews_task" FOREIGN KEY ("workspace_id","task_id") REFERENCES "public"."label_tasks"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_runs" ADD CONSTRAINT "label_runs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_runs" ADD CONSTRAINT "label_runs_project_fk" FOREIGN KEY ("workspace_id","project_id") REFERENCES "public"."label_projects"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_task_counts" ADD CONSTRAINT "label_task_counts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_task_counts" ADD CONSTRAINT "label_task_counts_project" FOREIGN KEY ("workspace_id","project_id") REFERENCES "public"."label_projects"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_tasks" ADD CONSTRAINT "label_tasks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_tasks" ADD CONSTRAINT "label_tasks_project" FOREIGN KEY ("workspace_id","project_id") REFERENCES "public"."label_projects"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "label_answers_person" ON "label_answers" USING btree ("task_id","person") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "label_answers_of_person" ON "label_answers" USING btree ("project_id","person","created_at");--> statement-breakpoint
CREATE INDEX "label_answers_created" ON "label_answers" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "label_consensus_current" ON "label_consensus" USING btree ("task_id") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "label_consensus_created" ON "label_consensus" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "label_golds_project" ON "label_golds" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "label_leases_person" ON "label_leases" USING btree ("project_id","person");--> statement-breakpoint
CREATE INDEX "label_leases_expiry" ON "label_leases" USING btree ("project_id","expires_at");--> statement-breakpoint
CREATE INDEX "label_predictions_task" ON "label_predictions" USING btree ("task_id");--> statement-breakpoint
CREATE UNIQUE INDEX "label_projects_name" ON "label_projects" USING btree ("workspace_id","name") WHERE state <> 'archived';--> statement-breakpoint
CREATE INDEX "label_projects_endpoint" ON "label_projects" USING btree ("endpoint_id");--> statement-breakpoint
CREATE INDEX "label_reviews_task" ON "label_reviews" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "label_reviews_created" ON "label_reviews" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "label_runs_project" ON "label_runs" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "label_tasks_item" ON "label_tasks" USING btree ("project_id","item");--> statement-breakpoint
CREATE INDEX "label_tasks_next" ON "label_tasks" USING btree ("project_id","rank","id") WHERE state = 'open' and taken < wanted;--> statement-breakpoint
CREATE INDEX "label_tasks_next_of_source" ON "label_tasks" USING btree ("project_id","source","rank","id") WHERE state = 'open' and taken < wanted;--> statement-breakpoint
CREATE INDEX "label_tasks_state" ON "label_tasks" USING btree ("project_id","state","id");--> statement-breakpoint
CREATE INDEX "label_tasks_review" ON "label_tasks" USING btree ("project_id","id") WHERE review is not null;--> statement-breakpoint
CREATE INDEX "label_tasks_group" ON "label_tasks" USING btree ("project_id","group_key","id") WHERE group_key is not null;--> statement-breakpoint
CREATE INDEX "label_tasks_request" ON "label_tasks" USING btree ("workspace_id","request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "label_answers_task" ON "label_answers" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "label_consensus_task" ON "label_consensus" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "label_predictions_project" ON "label_predictions" USING btree ("project_id");