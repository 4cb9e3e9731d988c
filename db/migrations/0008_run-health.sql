CREATE TABLE "run_findings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"kind" text NOT NULL,
	"metric" text,
	"step" bigint,
	"value" double precision,
	"since" bigint NOT NULL,
	"found_at" bigint NOT NULL,
	"until" bigint,
	"words" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_health_checks" (
	"run_id" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"seen_updated_at" bigint NOT NULL,
	"due_at" bigint
);
--> statement-breakpoint
ALTER TABLE "run_findings" ADD CONSTRAINT "run_findings_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_health_checks" ADD CONSTRAINT "run_health_checks_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "run_findings_open" ON "run_findings" USING btree ("run_id","kind") WHERE "run_findings"."until" is null;--> statement-breakpoint
CREATE INDEX "run_findings_run" ON "run_findings" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "run_findings_workspace" ON "run_findings" USING btree ("workspace_id","since") WHERE "run_findings"."until" is null;--> statement-breakpoint
CREATE INDEX "run_health_checks_due" ON "run_health_checks" USING btree ("due_at") WHERE "run_health_checks"."due_at" is not null;