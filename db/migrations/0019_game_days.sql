CREATE TABLE "game_day_counts" (
	"game_day_id" uuid NOT NULL,
	"process" text NOT NULL,
	"affected" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "game_day_counts_game_day_id_process_pk" PRIMARY KEY("game_day_id","process")
);
--> statement-breakpoint
CREATE TABLE "game_day_events" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"game_day_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"words" text NOT NULL,
	"by" text
);
--> statement-breakpoint
CREATE TABLE "game_day_follow_ups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"game_day_id" uuid NOT NULL,
	"words" text NOT NULL,
	"owner_id" text,
	"due_on" date,
	"done_at" timestamp with time zone,
	"done_by" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "game_days" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"hypothesis" text NOT NULL,
	"fault" jsonb NOT NULL,
	"scope" text NOT NULL,
	"share" double precision NOT NULL,
	"minutes" integer NOT NULL,
	"is_announced" boolean NOT NULL,
	"owner_id" text NOT NULL,
	"expectations" jsonb NOT NULL,
	"state" text DEFAULT 'planned' NOT NULL,
	"starts_at" timestamp with time zone,
	"repeats" text DEFAULT 'never' NOT NULL,
	"previous_id" uuid,
	"revision" integer DEFAULT 1 NOT NULL,
	"started_at" timestamp with time zone,
	"until" timestamp with time zone,
	"leased_until" timestamp with time zone,
	"taken_by" text,
	"ended_at" timestamp with time zone,
	"end_reason" text DEFAULT '' NOT NULL,
	"ended_by" text,
	"owner_seen_at" timestamp with time zone,
	"baseline" jsonb,
	"report" jsonb,
	"budget_decision" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "retraining_cycles" ADD COLUMN "outcome" jsonb;--> statement-breakpoint
ALTER TABLE "predictions" ADD COLUMN "game_day_id" uuid;--> statement-breakpoint
ALTER TABLE "game_day_counts" ADD CONSTRAINT "game_day_counts_game_day_id_game_days_id_fk" FOREIGN KEY ("game_day_id") REFERENCES "public"."game_days"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_day_events" ADD CONSTRAINT "game_day_events_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_day_events" ADD CONSTRAINT "game_day_events_game_day_id_game_days_id_fk" FOREIGN KEY ("game_day_id") REFERENCES "public"."game_days"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_day_follow_ups" ADD CONSTRAINT "game_day_follow_ups_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_day_follow_ups" ADD CONSTRAINT "game_day_follow_ups_game_day_id_game_days_id_fk" FOREIGN KEY ("game_day_id") REFERENCES "public"."game_days"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_days" ADD CONSTRAINT "game_days_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_days" ADD CONSTRAINT "game_days_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "game_days" ADD CONSTRAINT "game_days_previous_id_game_days_id_fk" FOREIGN KEY ("previous_id") REFERENCES "public"."game_days"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "game_day_events_day" ON "game_day_events" USING btree ("game_day_id","at");--> statement-breakpoint
CREATE INDEX "game_day_follow_ups_day" ON "game_day_follow_ups" USING btree ("game_day_id");--> statement-breakpoint
CREATE UNIQUE INDEX "game_days_number" ON "game_days" USING btree ("workspace_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "game_days_running" ON "game_days" USING btree ("workspace_id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "game_days_endpoint" ON "game_days" USING btree ("endpoint_id","started_at");--> statement-breakpoint
CREATE INDEX "game_days_previous" ON "game_days" USING btree ("previous_id");--> statement-breakpoint
CREATE INDEX "game_days_starts" ON "game_days" USING btree ("starts_at") WHERE state = 'planned' and starts_at is not null;