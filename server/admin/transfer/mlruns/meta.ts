import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { parseYaml } from "#server/base/yaml.ts";
import type { ZipFolder } from "../zip/open-zip.ts";

// The files meta.yaml of MLflow's file store, as far as an import reads them. Numbers of states: mlflow/protos/service.proto.

const text = z.coerce
  .string()
  .nullish()
  .transform((value) => value ?? "");
const number = z.coerce
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const runStatuses = ["RUNNING", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
const modelStatuses = [
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
] as const;

export const ExperimentMeta = z.object({
  experiment_id: z.coerce.string(),
  name: z.coerce.string(),
  lifecycle_stage: text,
});

export const RunMeta = z.object({
  run_id: z.coerce.string(),
  run_name: text,
  user_id: text,
  status: number.transform((status) => runStatuses[status] ?? "FINISHED"),
  start_time: number,
  end_time: z.coerce.number().nullish(),
  lifecycle_stage: text,
  artifact_uri: text,
});
export type RunMeta = z.infer<typeof RunMeta>;

export const InputMeta = z.object({
  source_type: text,
  source_id: text,
  destination_id: text,
  tags: z.record(z.string(), z.coerce.string()).nullish(),
  step: number,
});

export const DatasetMeta = z.object({
  name: text,
  digest: text,
  source_type: text,
  source: text,
  schema: z.coerce.string().nullish(),
  profile: z.coerce.string().nullish(),
});

export const LoggedModelMeta = z.object({
  model_id: z.coerce.string(),
  name: text,
  model_type: text,
  source_run_id: text,
  creation_timestamp: number,
  status: number.transform((status) => modelStatuses[status] ?? "LOGGED_MODEL_READY"),
  lifecycle_stage: text,
});

export const ModelMeta = z.object({ name: z.coerce.string(), description: text });

export const VersionMeta = z.object({
  version: z.coerce.number().int(),
  creation_timestamp: number,
  /** Deleted_Internal of one that was deleted. */
  current_stage: text,
  description: text,
  source: text,
  storage_location: text,
  run_id: text,
  model_id: text,
  user_id: text,
});

/** Reads one meta.yaml; undefined when there is none. @throws DomainError "invalid" that names the file. */
export async function readMeta<Schema extends z.ZodType>(
  zip: ZipFolder,
  folder: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const path = `${folder}/meta.yaml`;
  const content = await zip.text(path);
  if (content === undefined) return undefined;
  try {
    return schema.parse(parseYaml(content));
  } catch (cause) {
    throw new DomainError("invalid", `${path} cannot be read.`, { cause });
  }
}
