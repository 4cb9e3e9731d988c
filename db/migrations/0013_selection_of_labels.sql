ALTER TABLE "label_consensus" ADD COLUMN "recorded_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "label_projects" ADD COLUMN "progress" jsonb;--> statement-breakpoint
ALTER TABLE "prediction_labels" ADD COLUMN "label_source" text DEFAULT 'reported' NOT NULL;--> statement-breakpoint
ALTER TABLE "prediction_labels" ADD COLUMN "selection" text DEFAULT 'reported' NOT NULL;--> statement-breakpoint
CREATE INDEX "label_consensus_unrecorded" ON "label_consensus" USING btree ("project_id","id") WHERE recorded_at is null and superseded_at is null;