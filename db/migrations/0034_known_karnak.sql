ALTER TABLE "notifications" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "lane" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "sequence" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "notifications_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "lease_ends_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "supersedes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "note" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "notifications_lane" ON "notifications" USING btree ("turn","lane","sequence") WHERE "notifications"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "notifications_delivered" ON "notifications" USING btree ("turn","delivered_at") WHERE "notifications"."state" = 'delivered';--> statement-breakpoint
CREATE INDEX "notifications_channel" ON "notifications" USING btree ("channel_id","created_at");