ALTER TABLE "training_checkpoints" ADD COLUMN "saved_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "training_sweeps" ADD COLUMN "message" text;