CREATE TABLE "reference_segments" (
	"workspace_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"segment" text NOT NULL,
	"rows" integer NOT NULL,
	"state" "bytea" NOT NULL,
	CONSTRAINT "reference_segments_profile_id_segment_pk" PRIMARY KEY("profile_id","segment")
);
--> statement-breakpoint
ALTER TABLE "reference_segments" ADD CONSTRAINT "reference_segments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reference_segments" ADD CONSTRAINT "reference_segments_profile_id_reference_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."reference_profiles"("id") ON DELETE cascade ON UPDATE no action;