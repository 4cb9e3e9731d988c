ALTER TABLE "serving_windows" ADD COLUMN "indicators" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sli_series" ADD COLUMN "counted_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sli_series" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sli_series" ADD COLUMN "approximate_until" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "serving_windows_endpoint" ON "serving_windows" USING btree ("endpoint_id","window_start");--> statement-breakpoint
CREATE INDEX "sli_hours_hour" ON "sli_hours" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "sli_series_counted" ON "sli_series" USING btree ("counted_until");