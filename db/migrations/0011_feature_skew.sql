CREATE TABLE "feature_drift_days" (
	"workspace_id" uuid NOT NULL,
	"reference_id" uuid NOT NULL,
	"day" date NOT NULL,
	"arrived" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"state" "bytea" NOT NULL,
	"features" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_drift_days_reference_id_day_pk" PRIMARY KEY("reference_id","day")
);
--> statement-breakpoint
CREATE TABLE "feature_drift_references" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"from_at" timestamp with time zone,
	"to_at" timestamp with time zone,
	"dataset_version_id" uuid,
	"rows" bigint NOT NULL,
	"features" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_key_removals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"key" "bytea",
	"key_digest" text NOT NULL,
	"arrived_by" bigint NOT NULL,
	"state" "feature_work" DEFAULT 'waiting' NOT NULL,
	"latest_rows" integer DEFAULT 0 NOT NULL,
	"arrival_rows" bigint DEFAULT 0 NOT NULL,
	"files" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"training_sets" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"reason" text NOT NULL,
	"problem" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_skew_hours" (
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"predictions" bigint NOT NULL,
	"look_ups" bigint NOT NULL,
	"key_share" double precision DEFAULT 1 NOT NULL,
	"is_final" boolean NOT NULL,
	"tallies" jsonb NOT NULL,
	"compared_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_skew_hours_view_id_hour_pk" PRIMARY KEY("view_id","hour")
);
--> statement-breakpoint
ALTER TABLE "feature_arrivals" ADD COLUMN "is_online" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "feature_drift_days" ADD CONSTRAINT "feature_drift_days_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_drift_days" ADD CONSTRAINT "feature_drift_days_reference_id_feature_drift_references_id_fk" FOREIGN KEY ("reference_id") REFERENCES "public"."feature_drift_references"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_drift_references" ADD CONSTRAINT "feature_drift_references_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_drift_references" ADD CONSTRAINT "feature_drift_references_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_drift_references" ADD CONSTRAINT "feature_drift_references_dataset_version_id_dataset_versions_id_fk" FOREIGN KEY ("dataset_version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_key_removals" ADD CONSTRAINT "feature_key_removals_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_key_removals" ADD CONSTRAINT "feature_key_removals_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_skew_hours" ADD CONSTRAINT "feature_skew_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_skew_hours" ADD CONSTRAINT "feature_skew_hours_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_drift_references_view" ON "feature_drift_references" USING btree ("view_id","created_at");--> statement-breakpoint
CREATE INDEX "feature_key_removals_view" ON "feature_key_removals" USING btree ("view_id","created_at");--> statement-breakpoint
CREATE INDEX "feature_skew_hours_workspace" ON "feature_skew_hours" USING btree ("workspace_id","hour");