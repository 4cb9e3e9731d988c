CREATE TABLE "data_quality_minutes" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"good" integer NOT NULL,
	"total" integer NOT NULL,
	CONSTRAINT "data_quality_minutes_endpoint_id_minute_version_id_pk" PRIMARY KEY("endpoint_id","minute","version_id")
);
--> statement-breakpoint
ALTER TABLE "data_quality_minutes" ADD CONSTRAINT "data_quality_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_quality_minutes" ADD CONSTRAINT "data_quality_minutes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;