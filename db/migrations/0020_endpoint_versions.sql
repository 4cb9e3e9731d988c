ALTER TABLE "endpoints" ADD COLUMN "versions_kept" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "unloaded_at" timestamp with time zone;