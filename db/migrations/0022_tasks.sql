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
ALTER TABLE "endpoints" ADD COLUMN "tasks" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "url" text;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "task_id" uuid;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "endpoint_id" uuid;--> statement-breakpoint
ALTER TABLE "inference_tasks" ADD CONSTRAINT "inference_tasks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inference_tasks" ADD CONSTRAINT "inference_tasks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inference_tasks" ADD CONSTRAINT "inference_tasks_input_id_task_inputs_id_fk" FOREIGN KEY ("input_id") REFERENCES "public"."task_inputs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_inputs" ADD CONSTRAINT "task_inputs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "inference_tasks_due" ON "inference_tasks" USING btree ("endpoint_id","due_at") WHERE "inference_tasks"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "inference_tasks_submitted" ON "inference_tasks" USING btree ("endpoint_id","submitted_at","id");--> statement-breakpoint
CREATE INDEX "inference_tasks_finished" ON "inference_tasks" USING btree ("endpoint_id","finished_at");--> statement-breakpoint
CREATE INDEX "inference_tasks_failed" ON "inference_tasks" USING btree ("endpoint_id","finished_at") WHERE "inference_tasks"."state" = 'failed';--> statement-breakpoint
CREATE INDEX "inference_tasks_input" ON "inference_tasks" USING btree ("input_id");--> statement-breakpoint
CREATE INDEX "task_inputs_expiry" ON "task_inputs" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_task" ON "webhook_deliveries" USING btree ("task_id");--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_endpointId_unique" UNIQUE("endpoint_id");