CREATE TABLE "feature_connections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"address" text NOT NULL,
	"secret" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feature_materialisations" ADD COLUMN "trigger" text DEFAULT 'request' NOT NULL;--> statement-breakpoint
ALTER TABLE "feature_materialisations" ADD COLUMN "input" jsonb;--> statement-breakpoint
ALTER TABLE "feature_rejects" ADD COLUMN "materialisation_id" uuid;--> statement-breakpoint
ALTER TABLE "feature_connections" ADD CONSTRAINT "feature_connections_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "feature_connections_name" ON "feature_connections" USING btree ("workspace_id","name");--> statement-breakpoint
ALTER TABLE "feature_rejects" ADD CONSTRAINT "feature_rejects_materialisation_id_feature_materialisations_id_fk" FOREIGN KEY ("materialisation_id") REFERENCES "public"."feature_materialisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_rejects_materialisation" ON "feature_rejects" USING btree ("materialisation_id");