CREATE TABLE "quality_due_hours" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"due_since" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quality_due_hours_endpoint_id_hour_pk" PRIMARY KEY("endpoint_id","hour")
);
--> statement-breakpoint
ALTER TABLE "alert_groups" ADD COLUMN "paged_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alert_groups" ADD COLUMN "response_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "usage_hours" ADD COLUMN "escalated_runs" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "exports" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "reopened_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "facts_due" text;--> statement-breakpoint
ALTER TABLE "load_tests" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "died_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "resumes_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "lapsed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "lapsed" text;--> statement-breakpoint
ALTER TABLE "kpi_events" ADD COLUMN "found_by" text;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "loaded_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "machine" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "sampled" integer;--> statement-breakpoint
ALTER TABLE "purges" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "purges" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "purges" ADD COLUMN "retry_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "quality_due_hours" ADD CONSTRAINT "quality_due_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quality_due_hours" ADD CONSTRAINT "quality_due_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_groups_incident" ON "alert_groups" USING btree ("incident_id") WHERE "alert_groups"."incident_id" is not null;--> statement-breakpoint
CREATE INDEX "alert_groups_response_due" ON "alert_groups" USING btree ("response_due_at") WHERE "alert_groups"."response_due_at" is not null;--> statement-breakpoint
CREATE INDEX "incidents_facts_due" ON "incidents" USING btree ("created_at") WHERE "incidents"."facts_due" is not null;--> statement-breakpoint
CREATE INDEX "notifications_died" ON "notifications" USING btree ("workspace_id","died_at") WHERE "notifications"."state" = 'dead';