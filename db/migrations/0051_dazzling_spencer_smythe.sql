CREATE TABLE "quality_minutes" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"segment" text DEFAULT '' NOT NULL,
	"predictions" integer NOT NULL,
	"labelled" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	CONSTRAINT "quality_minutes_endpoint_id_minute_version_id_segment_arm_pk" PRIMARY KEY("endpoint_id","minute","version_id","segment","arm")
);
--> statement-breakpoint
ALTER TABLE "quality_minutes" ADD CONSTRAINT "quality_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quality_minutes" ADD CONSTRAINT "quality_minutes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "quality_minutes_minute" ON "quality_minutes" USING btree ("minute");