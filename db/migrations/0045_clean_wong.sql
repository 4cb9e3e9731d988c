ALTER TABLE "machine_hours" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "machine_hours" CASCADE;--> statement-breakpoint
ALTER TABLE "usage_hours" DROP CONSTRAINT "usage_hours_endpoint_id_hour_version_id_arm_provider_pk";--> statement-breakpoint
ALTER TABLE "usage_hours" ADD COLUMN "machine" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_hours" ADD COLUMN "answered" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_hours" ADD CONSTRAINT "usage_hours_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider","machine");--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "device_sum_ms" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "usage_hours_machine" ON "usage_hours" USING btree ("machine","hour");