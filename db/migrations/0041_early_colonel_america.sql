ALTER TABLE "silence_recurrences" ADD COLUMN "created_by_id" uuid;--> statement-breakpoint
ALTER TABLE "silence_recurrences" ADD COLUMN "made_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "silences" ADD COLUMN "created_by_id" uuid;