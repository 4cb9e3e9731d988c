ALTER TABLE "deployments" DROP CONSTRAINT "deployments_version_id_model_versions_id_fk";
--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "storage_location" text NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;