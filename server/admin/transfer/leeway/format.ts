import { z } from "zod";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { Policy } from "#server/develop/registry/policy/contract.ts";
import { Stage } from "#server/develop/registry/versions/contract.ts";
import { KeyValue } from "#server/develop/tracking/contract.ts";
import { EvaluationDataset } from "#server/develop/tracking/evaluations/contract.ts";
import type { ExportColumn } from "#server/develop/tracking/export/export-columns.ts";
import { LatestMetric } from "#server/develop/tracking/metrics/contract.ts";
import { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import { DatasetInput } from "#server/develop/tracking/runs/contract.ts";
import { Assessment, TraceInfo } from "#server/develop/tracking/traces/contract.ts";

// Format of a Leeway export. Rows of the tables and lines of run-details.jsonl are sorted by run ID, bytewise, so that reading each file
// once finds all of a run.

export const formatName = "leeway-export";
/**
 * 2: versions have their pipelines. An older Leeway would import them without, and they would predict something else; it rejects a format that
 * is newer than its own.
 */
export const formatVersion = 2;

const File = z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string() });

/** manifest.json, written last. Files of artifacts are in artifacts.jsonl. */
export const Manifest = z.object({
  format: z.literal(formatName),
  version: z.number(),
  workspace: z.string(),
  createdAt: z.string(),
  hasArtifacts: z.boolean(),
  files: z.array(File),
});
export type Manifest = z.infer<typeof Manifest>;

const column = (name: string, kind: ExportColumn["kind"]): ExportColumn => ({ key: name, name, kind });

/** Parquet files by name, with their columns. */
export const tables = {
  runs: [
    column("run_id", "text"),
    column("experiment_id", "integer"),
    column("name", "text"),
    column("user", "text"),
    column("status", "text"),
    column("started", "time"),
    column("ended", "time"),
  ],
  params: [column("run_id", "text"), column("key", "text"), column("value", "text")],
  tags: [column("run_id", "text"), column("key", "text"), column("value", "text")],
  points: [
    column("run_id", "text"),
    column("key", "text"),
    column("step", "integer"),
    column("timestamp", "integer"),
    column("value", "number"),
  ],
} as const;
export type TableName = keyof typeof tables;

/** A line of experiments.jsonl. */
export const ExperimentLine = z.object({ id: z.number(), name: z.string(), tags: z.array(KeyValue) });

/** A line of run-details.jsonl: what a run has besides rows of tables. */
export const RunDetails = z.object({
  runId: z.string(),
  metrics: z.array(LatestMetric),
  datasets: z.array(DatasetInput),
  inputModelIds: z.array(z.string()),
  outputModels: z.array(z.object({ modelId: z.string(), step: z.number() })),
});
export type RunDetails = z.infer<typeof RunDetails>;

/** A line of logged-models.jsonl. */
export const LoggedModelLine = LoggedModel.omit({ artifactUri: true, isDeleted: true, statusMessage: true });
export type LoggedModelLine = z.infer<typeof LoggedModelLine>;

const Nanoseconds = z.string().regex(/^\d{1,19}$/);

/** A line of traces.jsonl. */
export const TraceLine = TraceInfo.omit({ assessments: true }).extend({
  assessments: z.array(Assessment.omit({ traceId: true })),
  spans: z.array(
    z.object({
      id: z.string(),
      parentId: z.string().nullable(),
      name: z.string(),
      type: z.string(),
      status: z.enum(["UNSET", "OK", "ERROR"]),
      startedAtNanoseconds: Nanoseconds,
      endedAtNanoseconds: Nanoseconds,
      attributes: z.record(z.string(), z.string()),
      content: z.looseObject({}),
    }),
  ),
});
export type TraceLine = z.infer<typeof TraceLine>;

/** A line of models.jsonl. */
export const ModelLine = z.object({
  name: z.string(),
  description: z.string(),
  tags: z.array(KeyValue),
  aliases: z.array(z.object({ alias: z.string(), version: z.number() })),
  /** Name of the owner. */
  owner: z.string().nullable().default(null),
  /** The model's own policy; null where the workspace's applies. */
  policy: Policy.nullable().default(null),
  versions: z.array(
    z.object({
      number: z.number(),
      source: z.string(),
      runId: z.string(),
      runLink: z.string().default(""),
      loggedModelId: z.string().nullable(),
      description: z.string(),
      userName: z.string(),
      stage: Stage,
      createdAt: z.number(),
      tags: z.array(KeyValue),
      /** What is done before and after the model; null when that is nothing. */
      pipeline: Pipeline.nullable().default(null),
      /** Digest of the ONNX file, where that was uploaded. */
      upload: z.string().nullable(),
    }),
  ),
});
export type ModelLine = z.infer<typeof ModelLine>;

/** A line of evaluation-datasets.jsonl. Their records are in evaluation-records.jsonl, in the order of the datasets. */
export const EvaluationDatasetLine = EvaluationDataset.omit({ schema: true, records: true });
export type EvaluationDatasetLine = z.infer<typeof EvaluationDatasetLine>;

const owners = ["runs", "logged-models", "uploads"] as const;

/** A line of artifacts.jsonl: a file that lies in the zip at artifacts/<owner>/<id>/<path>. */
export const ArtifactLine = z.object({
  owner: z.enum(owners),
  id: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
});
export type ArtifactLine = z.infer<typeof ArtifactLine>;

/** Returns the path of a line's file in the zip. */
export function pathInZip({ owner, id, path }: Pick<ArtifactLine, "owner" | "id" | "path">): string {
  return `artifacts/${owner}/${id}/${path}`;
}
