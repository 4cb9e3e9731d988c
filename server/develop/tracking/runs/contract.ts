import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { KeyValue } from "../contract.ts";
import { LatestMetric } from "../metrics/contract.ts";
import { loggedModelStatuses } from "../models/contract.ts";
import { atMost } from "../text-limit.ts";
import { type RunStatus, runStatuses } from "./constants.ts";

export type { RunStatus };

export const RunInfo = z.object({
  id: z.string(),
  experimentId: z.number(),
  parentRunId: z.string().nullable(),
  name: z.string(),
  userName: z.string(),
  status: z.enum(runStatuses),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  artifactUri: z.string(),
  /** Time of the last write: distinguishes a live run from a stale one. */
  updatedAt: z.number(),
  isDeleted: z.boolean(),
});
export type RunInfo = z.infer<typeof RunInfo>;

export const DatasetInput = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  /** JSON, as the client sent it. */
  schema: z.string().nullable(),
  /** JSON, as the client sent it. */
  profile: z.string().nullable(),
  /** The context ("training", "validation" …) is the tag mlflow.data.context. */
  tags: z.array(KeyValue),
});
export type DatasetInput = z.infer<typeof DatasetInput>;

export const Run = RunInfo.extend({
  metrics: z.array(LatestMetric),
  params: z.array(KeyValue),
  tags: z.array(KeyValue),
  datasets: z.array(DatasetInput),
  inputModelIds: z.array(z.string()),
  outputModels: z.array(z.object({ modelId: z.string(), step: z.number() })),
});
export type Run = z.infer<typeof Run>;

/** Runs that are probably one run, created more than once. */
export const ProbableDuplicate = z.object({
  name: z.string(),
  userName: z.string(),
  startedAt: z.number(),
  runIds: z.array(z.string()),
});
export type ProbableDuplicate = z.infer<typeof ProbableDuplicate>;

export const WriteNote = z.object({
  runId: z.string(),
  /** Markdown; surrounding white space is trimmed, and "" removes the note. */
  note: z.string().max(limits.textLength).trim().pipe(atMost(8000, "note")),
});
export type WriteNote = z.input<typeof WriteNote>;

/** Data related to a run besides what it logged itself. */
export const RunRelatives = z.object({
  experimentName: z.string(),
  parent: z.object({ id: z.string(), name: z.string(), experimentId: z.number() }).nullable(),
  /** Newest child runs first, at most 100. */
  children: z.array(RunInfo),
  /** Logged models of the run, by name; at most 100. */
  models: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      status: z.enum(loggedModelStatuses),
      artifactUri: z.string(),
    }),
  ),
  /** Model versions created from the run, newest first. */
  versions: z.array(z.object({ modelName: z.string(), version: z.number() })),
  /** Training sets that created a dataset version which the run logged as an input: the newest of each version, at most 100. */
  trainingSets: z.array(z.object({ id: z.uuid(), name: z.string(), digest: z.string() })),
});
export type RunRelatives = z.infer<typeof RunRelatives>;
