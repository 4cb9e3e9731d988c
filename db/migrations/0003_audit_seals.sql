CREATE TABLE "audit_seals" (
	"number" bigint PRIMARY KEY NOT NULL,
	"format" integer NOT NULL,
	"last_id" bigint NOT NULL,
	"ids" bigint[] NOT NULL,
	"digests" "bytea" NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_episodes" (
	"key" text PRIMARY KEY NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"count" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "token_networks" (
	"token_id" uuid NOT NULL,
	"network" text NOT NULL,
	"first_used_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "token_networks_token_id_network_pk" PRIMARY KEY("token_id","network")
);
--> statement-breakpoint
ALTER TABLE "audit_events" ALTER COLUMN "workspace_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "token_networks" ADD CONSTRAINT "token_networks_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_installation" ON "audit_events" USING btree ("id") WHERE "audit_events"."workspace_id" is null;