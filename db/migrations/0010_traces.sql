CREATE TABLE "idempotent_answers" (
	"workspace_id" uuid NOT NULL,
	"command" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"answer" text,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotent_answers_workspace_id_command_key_pk" PRIMARY KEY("workspace_id","command","key")
);
--> statement-breakpoint
CREATE TABLE "evaluation_datasets" (
	"workspace_id" uuid NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"digest" text NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"experiment_ids" bigint[] DEFAULT '{}' NOT NULL,
	"created_by" text NOT NULL,
	"updated_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "evaluation_datasets_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "evaluation_records" (
	"workspace_id" uuid NOT NULL,
	"dataset_id" text NOT NULL,
	"id" text NOT NULL,
	"input_hash" text NOT NULL,
	"inputs" jsonb NOT NULL,
	"outputs" jsonb,
	"expectations" jsonb,
	"tags" jsonb,
	"source" jsonb,
	"created_by" text NOT NULL,
	"updated_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "evaluation_records_workspace_id_dataset_id_input_hash_pk" PRIMARY KEY("workspace_id","dataset_id","input_hash")
);
--> statement-breakpoint
CREATE TABLE "trace_assessments" (
	"workspace_id" uuid NOT NULL,
	"trace_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"value" text NOT NULL,
	"source_type" text NOT NULL,
	"source_id" text NOT NULL,
	"rationale" text,
	"metadata" jsonb,
	"span_id" text,
	"overrides" text,
	"error" jsonb,
	"is_valid" boolean DEFAULT true NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "trace_assessments_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "trace_spans" (
	"workspace_id" uuid NOT NULL,
	"trace_id" text NOT NULL,
	"id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"started_at_nanoseconds" bigint NOT NULL,
	"ended_at_nanoseconds" bigint NOT NULL,
	"attributes" jsonb NOT NULL,
	"content" text NOT NULL,
	CONSTRAINT "trace_spans_workspace_id_trace_id_id_pk" PRIMARY KEY("workspace_id","trace_id","id")
);
--> statement-breakpoint
CREATE TABLE "traces" (
	"workspace_id" uuid NOT NULL,
	"id" text NOT NULL,
	"experiment_id" bigint NOT NULL,
	"started_at" bigint NOT NULL,
	"duration_ms" bigint,
	"state" text NOT NULL,
	"request_preview" text,
	"response_preview" text,
	"client_request_id" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "traces_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "idempotent_answers" ADD CONSTRAINT "idempotent_answers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_records" ADD CONSTRAINT "evaluation_records_workspace_id_dataset_id_evaluation_datasets_workspace_id_id_fk" FOREIGN KEY ("workspace_id","dataset_id") REFERENCES "public"."evaluation_datasets"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trace_assessments" ADD CONSTRAINT "trace_assessments_workspace_id_trace_id_traces_workspace_id_id_fk" FOREIGN KEY ("workspace_id","trace_id") REFERENCES "public"."traces"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trace_spans" ADD CONSTRAINT "trace_spans_workspace_id_trace_id_traces_workspace_id_id_fk" FOREIGN KEY ("workspace_id","trace_id") REFERENCES "public"."traces"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "traces" ADD CONSTRAINT "traces_workspace_id_experiment_id_experiments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","experiment_id") REFERENCES "public"."experiments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotent_answers_expiry" ON "idempotent_answers" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "evaluation_datasets_created" ON "evaluation_datasets" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE INDEX "trace_assessments_trace" ON "trace_assessments" USING btree ("workspace_id","trace_id");--> statement-breakpoint
CREATE INDEX "traces_experiment" ON "traces" USING btree ("workspace_id","experiment_id","started_at");