CREATE TABLE "version_blocks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"blocked_by" text NOT NULL,
	"blocked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"unblocked_by" text,
	"unblocked_at" timestamp with time zone,
	"unblock_reason" text
);
--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "stage" text DEFAULT 'act' NOT NULL;--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "stage_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "recovery" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "version_blocks" ADD CONSTRAINT "version_blocks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_blocks" ADD CONSTRAINT "version_blocks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_blocks" ADD CONSTRAINT "version_blocks_version_id_model_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."model_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "version_blocks_active" ON "version_blocks" USING btree ("endpoint_id","version_id") WHERE "version_blocks"."unblocked_at" is null;