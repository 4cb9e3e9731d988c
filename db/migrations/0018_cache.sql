ALTER TABLE "endpoints" ADD COLUMN "cache" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "cache_hits" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "coalesced" integer DEFAULT 0 NOT NULL;