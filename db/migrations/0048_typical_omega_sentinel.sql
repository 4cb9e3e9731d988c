CREATE TABLE "serving_hours" (
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
	CONSTRAINT "serving_hours_pk" PRIMARY KEY("endpoint_id","hour","version_id","arm","provider")
);
--> statement-breakpoint
ALTER TABLE "serving_hours" ADD CONSTRAINT "serving_hours_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "serving_hours" ADD CONSTRAINT "serving_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "serving_hours_workspace" ON "serving_hours" USING btree ("workspace_id","hour");