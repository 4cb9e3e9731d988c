ALTER TABLE "endpoints" ADD COLUMN "cascade" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "cascade" jsonb;--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "cascade" jsonb DEFAULT '{}'::jsonb NOT NULL;