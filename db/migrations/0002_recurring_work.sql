CREATE TABLE "recurring_work" (
	"name" text PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" double precision NOT NULL,
	"items" integer,
	"problem" text
);
--> statement-breakpoint
CREATE TABLE "set_aside_items" (
	"watcher" text NOT NULL,
	"item" text NOT NULL,
	"workspace_id" uuid,
	"attempts" integer NOT NULL,
	"problem" text NOT NULL,
	"failed_at" timestamp with time zone NOT NULL,
	"retry_at" timestamp with time zone NOT NULL,
	CONSTRAINT "set_aside_items_watcher_item_pk" PRIMARY KEY("watcher","item")
);
--> statement-breakpoint
ALTER TABLE "set_aside_items" ADD CONSTRAINT "set_aside_items_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;