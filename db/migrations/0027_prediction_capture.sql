ALTER TABLE "endpoints" ADD COLUMN "capture" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "prediction_labels" ADD COLUMN "replaced" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "parts" jsonb;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "batch_rows" integer;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "source" text DEFAULT 'model' NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "kept" text DEFAULT 'sampled' NOT NULL;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "caller" text;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "trace_id" text;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "answer" text;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "answer_index" integer;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "confidence" real;--> statement-breakpoint
UPDATE "predictions" SET "kept" = 'failed' WHERE "status" <> 200;--> statement-breakpoint
CREATE INDEX "prediction_labels_received" ON "prediction_labels" USING btree ("endpoint_id","received_at");