ALTER TABLE "deployments" ADD COLUMN "engine" jsonb;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "engine_secret" text;