CREATE TABLE "gpu_windows" (
	"gpu" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"gateway_id" text NOT NULL,
	"name" text NOT NULL,
	"readings" integer NOT NULL,
	"utilisation_sum" double precision,
	"memory_used_sum" double precision,
	"memory_total_bytes" double precision,
	CONSTRAINT "gpu_windows_gpu_window_start_gateway_id_pk" PRIMARY KEY("gpu","window_start","gateway_id")
);
--> statement-breakpoint
ALTER TABLE "serving_windows" ADD COLUMN "provider" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "serving_windows" DROP CONSTRAINT "serving_windows_endpoint_id_version_id_arm_window_start_gateway_id_pk";--> statement-breakpoint
ALTER TABLE "serving_windows" ADD CONSTRAINT "serving_windows_pk" PRIMARY KEY("endpoint_id","version_id","arm","provider","window_start","gateway_id");--> statement-breakpoint
CREATE INDEX "gpu_windows_gateway" ON "gpu_windows" USING btree ("gateway_id","window_start");