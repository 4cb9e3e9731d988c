ALTER TABLE "api_tokens" ADD COLUMN "endpoints" text[];--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "protection" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "violations" jsonb DEFAULT '{}'::jsonb NOT NULL;