CREATE TABLE "playground_items" (
	"workspace_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"name" text NOT NULL,
	"result" jsonb NOT NULL,
	CONSTRAINT "playground_items_run_id_place_pk" PRIMARY KEY("run_id","place")
);
--> statement-breakpoint
CREATE TABLE "playground_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"parent_id" uuid,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"model_name" text NOT NULL,
	"sides" jsonb NOT NULL,
	"request" jsonb,
	"request_bytes" integer NOT NULL,
	"request_digest" text NOT NULL,
	"result" jsonb,
	"words" text DEFAULT '' NOT NULL,
	"problem" text,
	"done" integer DEFAULT 0 NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	"started_by" text NOT NULL,
	"started_by_id" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "playground_items" ADD CONSTRAINT "playground_items_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playground_items" ADD CONSTRAINT "playground_items_run_id_playground_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."playground_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playground_runs" ADD CONSTRAINT "playground_runs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playground_runs" ADD CONSTRAINT "playground_runs_parent_id_playground_runs_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."playground_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "playground_runs_workspace" ON "playground_runs" USING btree ("workspace_id","started_at");--> statement-breakpoint
CREATE INDEX "playground_runs_parent" ON "playground_runs" USING btree ("parent_id");