CREATE TYPE "public"."feature_work" AS ENUM('waiting', 'running', 'done', 'failed', 'cancelled');--> statement-breakpoint
-- Split by day, which drizzle-kit cannot declare. A job makes partitions of the days to come; the default holds rows of any other day.
CREATE TABLE "feature_arrivals" (
	"view_number" integer NOT NULL,
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"sequence" bigserial NOT NULL,
	"arrived_at" bigint NOT NULL,
	"workspace_id" uuid NOT NULL,
	"key" "bytea" NOT NULL,
	"event_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"packed" "bytea" NOT NULL,
	"is_newest" boolean NOT NULL,
	"origin" text NOT NULL,
	CONSTRAINT "feature_arrivals_pk" PRIMARY KEY("view_number","transaction","sequence","arrived_at")
) PARTITION BY RANGE ("arrived_at");
--> statement-breakpoint
CREATE TABLE "feature_arrivals_default" PARTITION OF "feature_arrivals" DEFAULT;
--> statement-breakpoint
CREATE TABLE "feature_entities" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"owner" text DEFAULT '' NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"feast_message" "bytea",
	"digest" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"join_key" text NOT NULL,
	"type" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_files" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"artifact_key" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"rows" bigint NOT NULL,
	"min_key" "bytea" NOT NULL,
	"max_key" "bytea" NOT NULL,
	"min_event_at" bigint NOT NULL,
	"max_event_at" bigint NOT NULL,
	"min_arrived_at" bigint NOT NULL,
	"max_arrived_at" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"replaced_at" timestamp with time zone,
	"replaced_by" uuid
);
--> statement-breakpoint
-- Split by view, so that a look-up and the vacuum of a view that changes often touch one small table. Updates find room on their page.
CREATE TABLE "feature_latest" (
	"view_number" integer NOT NULL,
	"key" "bytea" NOT NULL,
	"workspace_id" uuid NOT NULL,
	"event_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"arrived_at" bigint NOT NULL,
	"packed" "bytea" NOT NULL,
	CONSTRAINT "feature_latest_view_number_key_pk" PRIMARY KEY("view_number","key")
) PARTITION BY HASH ("view_number");
--> statement-breakpoint
CREATE TABLE "feature_latest_0" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 0) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_1" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 1) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_2" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 2) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_3" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 3) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_4" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 4) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_5" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 5) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_6" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 6) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_7" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 7) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_8" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 8) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_9" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 9) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_10" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 10) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_11" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 11) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_12" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 12) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_13" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 13) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_14" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 14) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_latest_15" PARTITION OF "feature_latest" FOR VALUES WITH (MODULUS 16, REMAINDER 15) WITH (fillfactor = 85);
--> statement-breakpoint
CREATE TABLE "feature_materialisations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"from_event_at" bigint NOT NULL,
	"to_event_at" bigint NOT NULL,
	"state" "feature_work" DEFAULT 'waiting' NOT NULL,
	"rows_total" bigint,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"rows_written" bigint DEFAULT 0 NOT NULL,
	"rows_older" bigint DEFAULT 0 NOT NULL,
	"rows_rejected" bigint DEFAULT 0 NOT NULL,
	"checkpoint" jsonb,
	"problem" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_minutes" (
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"consumer" text DEFAULT '' NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"counted_by" text NOT NULL,
	"look_ups" bigint DEFAULT 0 NOT NULL,
	"found" bigint DEFAULT 0 NOT NULL,
	"stale" bigint DEFAULT 0 NOT NULL,
	"missing" bigint DEFAULT 0 NOT NULL,
	"nulls" bigint DEFAULT 0 NOT NULL,
	"clock_ahead" bigint DEFAULT 0 NOT NULL,
	"written" bigint DEFAULT 0 NOT NULL,
	"older" bigint DEFAULT 0 NOT NULL,
	"rejected" bigint DEFAULT 0 NOT NULL,
	"ages" jsonb,
	"newest_event_at" bigint,
	CONSTRAINT "feature_minutes_view_id_consumer_minute_counted_by_pk" PRIMARY KEY("view_id","consumer","minute","counted_by")
);
--> statement-breakpoint
CREATE TABLE "feature_registry_objects" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"message" "bytea" NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_registry_objects_workspace_id_kind_name_pk" PRIMARY KEY("workspace_id","kind","name")
);
--> statement-breakpoint
CREATE TABLE "feature_rejects" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feature_rejects_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"origin" text NOT NULL,
	"row" jsonb NOT NULL,
	"column" text,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_services" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"owner" text DEFAULT '' NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"feast_message" "bytea",
	"digest" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"projections" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_skew" (
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"feature" text NOT NULL,
	"day" date NOT NULL,
	"comparison" text NOT NULL,
	"compared" bigint NOT NULL,
	"mismatched" bigint NOT NULL,
	"missing" bigint NOT NULL,
	"extra" bigint NOT NULL,
	"causes" jsonb NOT NULL,
	"difference_sum" double precision DEFAULT 0 NOT NULL,
	"magnitude_sum" double precision DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_skew_pk" PRIMARY KEY("view_id","version","feature","day","comparison")
);
--> statement-breakpoint
CREATE TABLE "feature_sources" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"owner" text DEFAULT '' NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"feast_message" "bytea",
	"digest" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"event_time_column" text NOT NULL,
	"created_time_column" text,
	"options" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_training_sets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"request" jsonb NOT NULL,
	"state" "feature_work" DEFAULT 'waiting' NOT NULL,
	"rows_total" bigint,
	"rows_done" bigint DEFAULT 0 NOT NULL,
	"record" jsonb,
	"warnings" jsonb,
	"dataset_version_id" uuid,
	"problem" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"runner" uuid,
	"leased_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_uses" (
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"user_kind" text NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text NOT NULL,
	"features" text[] NOT NULL,
	"files" uuid[],
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_uses_view_id_version_user_kind_user_id_pk" PRIMARY KEY("view_id","version","user_kind","user_id")
);
--> statement-breakpoint
CREATE TABLE "feature_view_versions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"entities" jsonb NOT NULL,
	"features" jsonb NOT NULL,
	"expressions" jsonb NOT NULL,
	"request_inputs" jsonb NOT NULL,
	"digest" text NOT NULL,
	"reason" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feature_views" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"owner" text DEFAULT '' NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"feast_message" "bytea",
	"digest" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "feature_views_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"current_version" integer NOT NULL,
	"ttl_us" bigint,
	"stale" text DEFAULT 'null' NOT NULL,
	"cutoff" text DEFAULT 'created' NOT NULL,
	"source" text,
	"is_online" boolean DEFAULT true NOT NULL,
	"materialised_until" bigint,
	CONSTRAINT "feature_views_number_unique" UNIQUE("number")
);
--> statement-breakpoint
ALTER TABLE "feature_entities" ADD CONSTRAINT "feature_entities_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_files" ADD CONSTRAINT "feature_files_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_files" ADD CONSTRAINT "feature_files_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_materialisations" ADD CONSTRAINT "feature_materialisations_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_materialisations" ADD CONSTRAINT "feature_materialisations_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_minutes" ADD CONSTRAINT "feature_minutes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_minutes" ADD CONSTRAINT "feature_minutes_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_registry_objects" ADD CONSTRAINT "feature_registry_objects_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_rejects" ADD CONSTRAINT "feature_rejects_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_rejects" ADD CONSTRAINT "feature_rejects_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_services" ADD CONSTRAINT "feature_services_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_skew" ADD CONSTRAINT "feature_skew_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_skew" ADD CONSTRAINT "feature_skew_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_sources" ADD CONSTRAINT "feature_sources_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_training_sets" ADD CONSTRAINT "feature_training_sets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_training_sets" ADD CONSTRAINT "feature_training_sets_dataset_version_id_dataset_versions_id_fk" FOREIGN KEY ("dataset_version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_uses" ADD CONSTRAINT "feature_uses_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_uses" ADD CONSTRAINT "feature_uses_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_view_versions" ADD CONSTRAINT "feature_view_versions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_view_versions" ADD CONSTRAINT "feature_view_versions_view_id_feature_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."feature_views"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_views" ADD CONSTRAINT "feature_views_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_arrivals_key" ON "feature_arrivals" USING btree ("view_number","key","event_at");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_entities_name" ON "feature_entities" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "feature_files_view" ON "feature_files" USING btree ("view_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_materialisations_active" ON "feature_materialisations" USING btree ("view_id") WHERE "feature_materialisations"."state" in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "feature_materialisations_view" ON "feature_materialisations" USING btree ("view_id","created_at");--> statement-breakpoint
CREATE INDEX "feature_materialisations_workspace" ON "feature_materialisations" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE INDEX "feature_minutes_workspace" ON "feature_minutes" USING btree ("workspace_id","minute");--> statement-breakpoint
CREATE INDEX "feature_rejects_view" ON "feature_rejects" USING btree ("view_id","at");--> statement-breakpoint
CREATE INDEX "feature_rejects_at" ON "feature_rejects" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_services_name" ON "feature_services" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_sources_name" ON "feature_sources" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "feature_training_sets_workspace" ON "feature_training_sets" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE INDEX "feature_uses_user" ON "feature_uses" USING btree ("workspace_id","user_kind","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_view_versions_number" ON "feature_view_versions" USING btree ("view_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_views_name" ON "feature_views" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "feature_views_source" ON "feature_views" USING btree ("workspace_id","source");