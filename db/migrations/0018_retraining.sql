CREATE TABLE "retraining_cycles" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"revision" integer NOT NULL,
	"rules" jsonb NOT NULL,
	"plan" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"requested_by" text,
	"requested_by_id" text,
	"request_reason" text,
	"state" text DEFAULT 'requested' NOT NULL,
	"words" text DEFAULT '' NOT NULL,
	"rejected_at" text,
	"champion_id" uuid NOT NULL,
	"champion_version" integer NOT NULL,
	"data" jsonb,
	"job_id" text,
	"candidate_id" uuid,
	"candidate_version" integer,
	"comparison" jsonb,
	"gates_at" timestamp with time zone,
	"approval" jsonb,
	"rollout_id" uuid,
	"cancel_request" jsonb,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "retraining_cycles_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "retraining_decisions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"kind" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"holds" jsonb NOT NULL,
	"cycle_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "retraining_policies" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"rules" jsonb NOT NULL,
	"plan" jsonb NOT NULL,
	"owner_id" text,
	"paused_at" timestamp with time zone,
	"paused_by" text,
	"pause_reason" text,
	"looked_at" timestamp with time zone,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "retraining_policies_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "retraining_steps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"cycle_id" uuid NOT NULL,
	"state" text NOT NULL,
	"words" text DEFAULT '' NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "retraining_cycles" ADD CONSTRAINT "retraining_cycles_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_cycles" ADD CONSTRAINT "retraining_cycles_policy" FOREIGN KEY ("workspace_id","policy_id") REFERENCES "public"."retraining_policies"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_decisions" ADD CONSTRAINT "retraining_decisions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_decisions" ADD CONSTRAINT "retraining_decisions_cycle_id_retraining_cycles_id_fk" FOREIGN KEY ("cycle_id") REFERENCES "public"."retraining_cycles"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_decisions" ADD CONSTRAINT "retraining_decisions_policy_fk" FOREIGN KEY ("workspace_id","policy_id") REFERENCES "public"."retraining_policies"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_policies" ADD CONSTRAINT "retraining_policies_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_policies" ADD CONSTRAINT "retraining_policies_model_id_registered_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."registered_models"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_policies" ADD CONSTRAINT "retraining_policies_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_steps" ADD CONSTRAINT "retraining_steps_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retraining_steps" ADD CONSTRAINT "retraining_steps_cycle_id_retraining_cycles_id_fk" FOREIGN KEY ("cycle_id") REFERENCES "public"."retraining_cycles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "retraining_cycles_number" ON "retraining_cycles" USING btree ("policy_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "retraining_cycles_open" ON "retraining_cycles" USING btree ("policy_id") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "retraining_cycles_job" ON "retraining_cycles" USING btree ("job_id");--> statement-breakpoint
CREATE UNIQUE INDEX "retraining_cycles_rollout" ON "retraining_cycles" USING btree ("rollout_id");--> statement-breakpoint
CREATE INDEX "retraining_cycles_started" ON "retraining_cycles" USING btree ("workspace_id","started_at");--> statement-breakpoint
CREATE INDEX "retraining_decisions_policy" ON "retraining_decisions" USING btree ("policy_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "retraining_policies_model" ON "retraining_policies" USING btree ("workspace_id","model_id");--> statement-breakpoint
CREATE INDEX "retraining_policies_endpoint" ON "retraining_policies" USING btree ("endpoint_id");--> statement-breakpoint
CREATE UNIQUE INDEX "retraining_steps_state" ON "retraining_steps" USING btree ("cycle_id","state");