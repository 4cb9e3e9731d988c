ALTER TABLE "escalations" DROP CONSTRAINT "escalations_policy_id_escalation_policies_id_fk";
--> statement-breakpoint
DROP INDEX "escalation_policies_name";--> statement-breakpoint
DROP INDEX "schedules_name";--> statement-breakpoint
DROP INDEX "teams_name";--> statement-breakpoint
ALTER TABLE "escalations" ALTER COLUMN "policy_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "escalation_policies" ADD COLUMN "repeats" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "policy_name" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "steps" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "repeats" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "severity" text DEFAULT 'page' NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD COLUMN "told" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_policy_id_escalation_policies_id_fk" FOREIGN KEY ("policy_id") REFERENCES "public"."escalation_policies"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "escalations_open" ON "escalations" USING btree ("group_id") WHERE "escalations"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_policies_name" ON "escalation_policies" USING btree ("workspace_id","name") WHERE "escalation_policies"."archived_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "schedules_name" ON "schedules" USING btree ("workspace_id","name") WHERE "schedules"."archived_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "teams_name" ON "teams" USING btree ("workspace_id","name") WHERE "teams"."archived_at" is null;