CREATE TABLE "encryption_keys" (
	"id" uuid NOT NULL,
	"master_key_id" text NOT NULL,
	"wrapped_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone,
	CONSTRAINT "encryption_keys_id_master_key_id_pk" PRIMARY KEY("id","master_key_id")
);
