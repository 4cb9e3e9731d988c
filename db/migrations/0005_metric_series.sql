CREATE TABLE "metric_series" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "metric_series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"step" bigint NOT NULL,
	"timestamp" bigint NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "metric_series_run_id_key_pk" PRIMARY KEY("run_id","key"),
	CONSTRAINT "metric_series_id_unique" UNIQUE("id")
);
--> statement-breakpoint
ALTER TABLE "latest_metrics" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "latest_metrics" CASCADE;--> statement-breakpoint
ALTER TABLE "metric_points" DROP CONSTRAINT "metric_points_run_id_runs_id_fk";
--> statement-breakpoint
ALTER TABLE "metric_points" DROP CONSTRAINT "metric_points_run_id_key_step_timestamp_value_pk";--> statement-breakpoint
ALTER TABLE "run_models" ALTER COLUMN "step" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "metric_points" ADD COLUMN "series_id" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "metric_points" ADD CONSTRAINT "metric_points_series_id_step_timestamp_value_pk" PRIMARY KEY("series_id","step","timestamp","value");--> statement-breakpoint
ALTER TABLE "metric_series" ADD CONSTRAINT "metric_series_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "metric_series_key" ON "metric_series" USING btree ("workspace_id","key","value");--> statement-breakpoint
ALTER TABLE "metric_points" DROP COLUMN "workspace_id";--> statement-breakpoint
ALTER TABLE "metric_points" DROP COLUMN "run_id";--> statement-breakpoint
ALTER TABLE "metric_points" DROP COLUMN "key";