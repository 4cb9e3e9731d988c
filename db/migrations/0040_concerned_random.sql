DROP INDEX "alert_rules_name";--> statement-breakpoint
ALTER TABLE "alert_rules" ADD COLUMN "evaluated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD COLUMN "problem" text;--> statement-breakpoint
CREATE INDEX "alert_rules_due" ON "alert_rules" USING btree ("evaluated_at") WHERE "alert_rules"."archived_at" is null and "alert_rules"."disabled_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_rules_name" ON "alert_rules" USING btree ("workspace_id","name") WHERE "alert_rules"."archived_at" is null;