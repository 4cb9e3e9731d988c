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
ALTER TABLE "endpoints" ADD COLUMN "budget" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "rollout" jsonb;--> statement-breakpoint
ALTER TABLE "rollout_counts" ADD CONSTRAINT "rollout_counts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_counts" ADD CONSTRAINT "rollout_counts_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_decisions" ADD CONSTRAINT "rollout_decisions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_decisions" ADD CONSTRAINT "rollout_decisions_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_evidence" ADD CONSTRAINT "rollout_evidence_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_evidence" ADD CONSTRAINT "rollout_evidence_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_outcomes" ADD CONSTRAINT "rollout_outcomes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_outcomes" ADD CONSTRAINT "rollout_outcomes_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_units" ADD CONSTRAINT "rollout_units_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_units" ADD CONSTRAINT "rollout_units_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_stable_version_id_model_versions_id_fk" FOREIGN KEY ("stable_version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_canary_version_id_model_versions_id_fk" FOREIGN KEY ("canary_version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rollout_decisions_of" ON "rollout_decisions" USING btree ("rollout_id","id");--> statement-breakpoint
CREATE INDEX "rollouts_endpoint" ON "rollouts" USING btree ("endpoint_id","created_at");--> statement-breakpoint
CREATE INDEX "rollouts_workspace" ON "rollouts" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "rollouts_one_at_a_time" ON "rollouts" USING btree ("endpoint_id") WHERE phase in ('starting', 'stepping', 'watching');