import { z } from "zod";

// Responses of an MLflow server, as far as an import reads them. Servers omit empty values, and some send numbers as text.

const text = z.string().default("");
const integer = z.coerce.number().default(0);
const KeyValue = z.object({ key: z.string(), value: text });
const list = <Item extends z.ZodType>(item: Item) => z.array(item).default([]);
const page = { next_page_token: text };

/** NaN and the infinities come as words. */
const Value = z.union([
  z.number(),
  z
    .string()
    .transform((word) => Number(word))
    .pipe(z.union([z.number(), z.nan(), z.literal([Infinity, -Infinity])])),
]);

export const Experiments = z.object({
  experiments: list(z.object({ experiment_id: z.string(), name: z.string(), tags: list(KeyValue) })),
  ...page,
});

const statuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

const Metric = z.object({ key: z.string(), value: Value, timestamp: integer, step: integer });

export const Run = z.object({
  info: z.object({
    run_id: z.string(),
    experiment_id: z.string(),
    run_name: text,
    user_id: text,
    status: z.enum(statuses).catch("FINISHED"),
    start_time: integer,
    end_time: z.coerce.number().optional(),
    artifact_uri: text,
  }),
  data: z.object({ metrics: list(Metric), params: list(KeyValue), tags: list(KeyValue) }).prefault({}),
  inputs: z
    .object({
      dataset_inputs: list(
        z.object({
          tags: list(KeyValue),
          dataset: z.object({
            name: text,
            digest: text,
            source_type: text,
            source: text,
            schema: z.string().optional(),
            profile: z.string().optional(),
          }),
        }),
      ),
      model_inputs: list(z.object({ model_id: z.string() })),
    })
    .prefault({}),
  outputs: z.object({ model_outputs: list(z.object({ model_id: z.string(), step: integer })) }).prefault({}),
});
export type Run = z.infer<typeof Run>;

export const Runs = z.object({ runs: list(Run), ...page });

export const History = z.object({ metrics: list(Metric), ...page });

export const Files = z.object({
  files: list(
    z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: z.coerce.number().optional() }),
  ),
  ...page,
});

const modelStatuses = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"] as const;

export const LoggedModel = z.object({
  info: z.object({
    model_id: z.string(),
    experiment_id: z.string(),
    name: text,
    creation_timestamp_ms: integer,
    last_updated_timestamp_ms: integer,
    artifact_uri: text,
    status: z.enum(modelStatuses).catch("LOGGED_MODEL_READY"),
    model_type: text,
    source_run_id: text,
    tags: list(KeyValue),
  }),
  data: z
    .object({
      params: list(KeyValue),
      metrics: list(Metric.extend({ run_id: text, dataset_name: text, dataset_digest: text })),
    })
    .prefault({}),
});
export type LoggedModel = z.infer<typeof LoggedModel>;

export const LoggedModels = z.object({ models: list(LoggedModel), ...page });

export const RegisteredModels = z.object({
  registered_models: list(
    z.object({
      name: z.string(),
      description: text,
      tags: list(KeyValue),
      aliases: list(z.object({ alias: z.string(), version: z.coerce.number() })),
    }),
  ),
  ...page,
});

export const Version = z.object({
  name: z.string(),
  version: z.coerce.number(),
  creation_timestamp: integer,
  user_id: text,
  current_stage: z.enum(["None", "Staging", "Production", "Archived"]).catch("None"),
  description: text,
  source: text,
  run_id: text,
  model_id: text,
  tags: list(KeyValue),
});
export type Version = z.infer<typeof Version>;

export const Versions = z.object({ model_versions: list(Version), ...page });

export const DownloadUri = z.object({ artifact_uri: text });
