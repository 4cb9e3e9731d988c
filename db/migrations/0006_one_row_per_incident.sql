ALTER TABLE "incidents" ADD COLUMN "shared_causes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "merger" jsonb;