ALTER TABLE "model_versions" ADD COLUMN "pipeline" jsonb;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "pipeline_digest" text;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "pipeline_digest" text;