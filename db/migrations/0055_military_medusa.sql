CREATE TABLE "channel_answers" (
	"workspace_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"key" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"wish" text NOT NULL,
	"by" text,
	"group_id" uuid,
	"outcome" text DEFAULT '' NOT NULL,
	CONSTRAINT "channel_answers_channel_id_key_pk" PRIMARY KEY("channel_id","key")
);
--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "answer_secret" text;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "answer_refused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_answers" ADD CONSTRAINT "channel_answers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_answers" ADD CONSTRAINT "channel_answers_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channel_answers_at" ON "channel_answers" USING btree ("channel_id","at");