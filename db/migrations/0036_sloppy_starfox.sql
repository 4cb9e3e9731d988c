ALTER TABLE "alert_groups" ADD COLUMN "weight" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_groups" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "is_ended" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "alert_groups_queue" ON "alert_groups" USING btree ("workspace_id","weight","id") WHERE "alert_groups"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "alerts_ending" ON "alerts" USING btree ("ends_at") WHERE not "alerts"."is_ended";