CREATE TABLE "feature_findings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"feature" text DEFAULT '' NOT NULL,
	"severity" text NOT NULL,
	"words" text NOT NULL,
	"evidence" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "feature_marks" (
	"view_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"transaction" "xid8",
	"minute" timestamp with time zone NOT NULL,
	"newest_event_at" bigint
);
--> statement-breakpoint
CREATE TABLE "feature_value_hours" (
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"feature" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"rows" bigint NOT NULL,
	"nulls" bigint NOT NULL,
	"levels" jsonb,
	CONSTRAINT "feature_value_hours_view_id_feature_hour_pk" PRIMARY KEY("view_id","feature","hour")
);
--> statement-breakpoint
ALTER TABLE "feature_findings" ADD CONSTRAINT "feature_findings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_findings" ADD CONSTRAINT "feature_findings_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_marks" ADD CONSTRAINT "feature_marks_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_marks" ADD CONSTRAINT "feature_marks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_value_hours" ADD CONSTRAINT "feature_value_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_value_hours" ADD CONSTRAINT "feature_value_hours_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_findings_view" ON "feature_findings" USING btree ("view_id","opened_at");--> statement-breakpoint
CREATE INDEX "feature_findings_workspace" ON "feature_findings" USING btree ("workspace_id","opened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_findings_open" ON "feature_findings" USING btree ("view_id","key") WHERE "feature_findings"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "feature_value_hours_hour" ON "feature_value_hours" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "feature_minutes_minute" ON "feature_minutes" USING btree ("minute");