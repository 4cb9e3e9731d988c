CREATE TABLE "serving_ten_minutes" (
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"provider" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"windows" bit(360) NOT NULL,
	"requests" bigint NOT NULL,
	"failures" jsonb NOT NULL,
	"queue_sum_ms" double precision NOT NULL,
	"compute_sum_ms" double precision NOT NULL,
	"latency_buckets" jsonb NOT NULL,
	"cache_hits" bigint NOT NULL,
	"coalesced" bigint NOT NULL,
	"start" timestamp with time zone NOT NULL,
	CONSTRAINT "serving_ten_minutes_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider","start")
);
--> statement-breakpoint
ALTER TABLE "serving_ten_minutes" ADD CONSTRAINT "serving_ten_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "serving_ten_minutes" ADD CONSTRAINT "serving_ten_minutes_hour" FOREIGN KEY ("endpoint_id","hour","version_id","arm","provider") REFERENCES "public"."serving_hours"("endpoint_id","hour","version_id","arm","provider") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "serving_ten_minutes_start" ON "serving_ten_minutes" USING btree ("endpoint_id","start");