CREATE TABLE "metric_chunks" (
	"series_id" bigint NOT NULL,
	"first_step" bigint NOT NULL,
	"first_timestamp" bigint NOT NULL,
	"first_value" double precision NOT NULL,
	"last_step" bigint NOT NULL,
	"last_timestamp" bigint NOT NULL,
	"last_value" double precision NOT NULL,
	"earliest" bigint NOT NULL,
	"latest" bigint NOT NULL,
	"points" integer NOT NULL,
	"nan_step" bigint,
	"is_settled" boolean NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "metric_chunks_series_id_first_step_first_timestamp_first_value_pk" PRIMARY KEY("series_id","first_step","first_timestamp","first_value")
);
--> statement-breakpoint
ALTER TABLE "metric_series" ADD COLUMN "packed_step" bigint;--> statement-breakpoint
ALTER TABLE "metric_series" ADD COLUMN "packed_timestamp" bigint;--> statement-breakpoint
ALTER TABLE "metric_series" ADD COLUMN "packed_value" double precision;--> statement-breakpoint
CREATE INDEX "metric_chunks_unsettled" ON "metric_chunks" USING btree ("series_id") WHERE not "metric_chunks"."is_settled";