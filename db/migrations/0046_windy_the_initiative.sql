CREATE TABLE "machine_hours" (
	"machine" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"kind" text DEFAULT '' NOT NULL,
	"cores" integer NOT NULL,
	"gpus" integer NOT NULL,
	"gpu_kind" text DEFAULT '' NOT NULL,
	"memory_bytes" bigint NOT NULL,
	"model_bytes" bigint DEFAULT 0 NOT NULL,
	"minutes_up" bigint NOT NULL,
	"core_busy_ms" double precision DEFAULT 0 NOT NULL,
	"gpu_busy_ms" double precision DEFAULT 0 NOT NULL,
	"served" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "machine_hours_machine_hour_pk" PRIMARY KEY("machine","hour")
);
--> statement-breakpoint
CREATE INDEX "machine_hours_hour" ON "machine_hours" USING btree ("hour");