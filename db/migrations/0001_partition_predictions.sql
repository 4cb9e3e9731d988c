-- drizzle-kit cannot declare partitions. The table is new and empty here, so it is made again, split by day.
DROP TABLE "predictions";--> statement-breakpoint
CREATE TABLE "predictions" (
	"id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text NOT NULL,
	"status" integer NOT NULL,
	"error" text,
	"provider" text NOT NULL,
	"latency_ms" real NOT NULL,
	"inputs" jsonb,
	"outputs" jsonb,
	CONSTRAINT "predictions_id_at_pk" PRIMARY KEY("id","at")
) PARTITION BY RANGE ("at");--> statement-breakpoint
CREATE INDEX "predictions_endpoint" ON "predictions" USING btree ("endpoint_id","at");--> statement-breakpoint
CREATE INDEX "predictions_request" ON "predictions" USING btree ("workspace_id","request_id");--> statement-breakpoint
-- Rows of a day whose partition is not made yet; the worker makes partitions a week ahead.
CREATE TABLE "predictions_default" PARTITION OF "predictions" DEFAULT;
