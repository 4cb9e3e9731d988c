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
ALTER TABLE "load_test_steps" ADD CONSTRAINT "load_test_steps_load_test_id_load_tests_id_fk" FOREIGN KEY ("load_test_id") REFERENCES "public"."load_tests"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "load_test_steps" ADD CONSTRAINT "load_test_steps_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "load_tests" ADD CONSTRAINT "load_tests_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "load_tests" ADD CONSTRAINT "load_tests_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "load_tests" ADD CONSTRAINT "load_tests_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "load_tests_endpoint" ON "load_tests" USING btree ("endpoint_id","created_at");--> statement-breakpoint
CREATE INDEX "load_tests_version" ON "load_tests" USING btree ("version_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "load_tests_one_at_a_time" ON "load_tests" USING btree ("endpoint_id") WHERE state in ('waiting', 'running');