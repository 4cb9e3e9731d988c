import { z } from "zod";
import { atMost } from "./text-limit.ts";

/** NaN has no place in JSON, so it travels as a word. Absent is a missing key, never 0. */
export const MetricValue = z.union([z.number(), z.literal("NaN")]);
export type MetricValue = z.infer<typeof MetricValue>;

export const KeyValue = z.object({
  key: z.string(),
  value: z.string(),
});
export type KeyValue = z.infer<typeof KeyValue>;

/** What a search may return by its state. */
export const viewTypes = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;
export type ViewType = (typeof viewTypes)[number];

export const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type RunStatus = (typeof runStatuses)[number];

export const loggedModelStatuses = [
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
] as const;
export type LoggedModelStatus = (typeof loggedModelStatuses)[number];

/** All times are integer milliseconds since 1970, UTC. */
export const Experiment = z.object({
  id: z.number(),
  name: z.string(),
  artifactLocation: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  isDeleted: z.boolean(),
  tags: z.array(KeyValue),
});
export type Experiment = z.infer<typeof Experiment>;

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
  /** Moved by every write: tells a live run from a silent one. */
  updatedAt: z.number(),
  isDeleted: z.boolean(),
});
export type RunInfo = z.infer<typeof RunInfo>;

export const LatestMetric = z.object({
  key: z.string(),
  value: MetricValue,
  timestamp: z.number(),
  step: z.number(),
});
export type LatestMetric = z.infer<typeof LatestMetric>;

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

const LoggedModelPoint = LatestMetric.extend({
  runId: z.string(),
  datasetName: z.string(),
  datasetDigest: z.string(),
});

export const LoggedModel = z.object({
  id: z.string(),
  experimentId: z.number(),
  name: z.string(),
  modelType: z.string(),
  sourceRunId: z.string(),
  artifactUri: z.string(),
  status: z.enum(loggedModelStatuses),
  statusMessage: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  isDeleted: z.boolean(),
  params: z.array(KeyValue),
  tags: z.array(KeyValue),
  metrics: z.array(LoggedModelPoint),
});
export type LoggedModel = z.infer<typeof LoggedModel>;

export interface Page<Row> {
  rows: Row[];
  /** Of the next page; undefined on the last. */
  nextPageToken: string | undefined;
}

const ExperimentName = atMost(500, "name").refine(
  (name) => name.trim() !== "",
  "The name of an experiment must not be blank.",
);

export const CreateExperiment = z.object({
  name: ExperimentName,
  artifactLocation: z
    .string()
    .refine((uri) => !uri.startsWith("runs:/"), {
      error: ({ input }) => `Artifact location cannot be a runs:/ URI. Given: '${String(input)}'`,
    })
    .refine((uri) => !/[#;]/.test(uri), "'artifact_location' URL can't include fragments or params.")
    .optional(),
  tags: z.array(z.object({ key: z.string(), value: atMost(5000, "value") })).default([]),
});
export type CreateExperiment = z.input<typeof CreateExperiment>;

export const RenameExperiment = z.object({ experimentId: z.int(), name: ExperimentName });
export type RenameExperiment = z.input<typeof RenameExperiment>;

export const SetExperimentTag = z.object({ experimentId: z.int(), key: z.string(), value: atMost(5000, "value") });
export type SetExperimentTag = z.input<typeof SetExperimentTag>;

export const WriteNote = z.object({
  runId: z.string(),
  /** Markdown; white space around it goes, and "" takes the note away. */
  note: z.string().trim().pipe(atMost(8000, "note")),
});
export type WriteNote = z.input<typeof WriteNote>;

/** An experiment with figures of its runs. */
export const ExperimentHead = z.object({
  id: z.number(),
  name: z.string(),
  /** The tag "owner", else who logged the first run; "" when nobody did. */
  ownerName: z.string(),
  /** The tag mlflow.note.content. */
  note: z.string(),
  runs: z.number(),
  /** Runs that log. */
  running: z.number(),
  /** Runs that were never ended and have not logged for a while. */
  silent: z.number(),
  failed: z.number(),
  /** Runs with something wrong that is not over, see findingKinds. */
  unhealthy: z.number(),
});
export type ExperimentHead = z.infer<typeof ExperimentHead>;

/** A row of the list of experiments. */
export const ExperimentSummary = ExperimentHead.extend({
  /** When a run last wrote; the creation of the experiment when none did. */
  lastActivityAt: z.number(),
});
export type ExperimentSummary = z.infer<typeof ExperimentSummary>;

/** A running run that has written nothing for this long may be dead. An epoch that takes longer is rare. */
export const silentAfterMs = 15 * 60_000;

/** A metric, and how many runs have it. */
export interface MetricUse {
  key: string;
  runs: number;
}

/** A param, how many runs have it, and how many different values they give it. */
export interface ParamUse extends MetricUse {
  values: number;
}

/** What the newest runs of an experiment have, for choosing columns. */
export interface RunColumns {
  metrics: MetricUse[];
  params: ParamUse[];
  /** How many runs were looked at. */
  runs: number;
  /** How many metrics and params there are; the lists hold the most common ones. */
  keys: number;
}

/** Whether more of a metric is better, as far as its name tells. */
export type Direction = "higher" | "lower" | "unknown";

export const CurvePoint = z.object({
  step: z.number(),
  timestamp: z.number(),
  /** null where the metric was NaN: a gap in the line. The mean, where the point stands for several. */
  value: z.number().nullable(),
  /** Lowest and highest of the values the point stands for; absent when it stands for one. */
  low: z.number().optional(),
  high: z.number().optional(),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

export const MetricCurve = z.object({
  runId: z.string(),
  key: z.string(),
  /** Points that were logged, in the range asked for; fewer are in `points` when there were too many to draw. */
  totalPoints: z.number(),
  points: z.array(CurvePoint),
});
export type MetricCurve = z.infer<typeof MetricCurve>;

export interface DatasetSummary {
  experimentId: number;
  name: string;
  digest: string;
  /** "training", "validation" … */
  context: string | undefined;
}

/** A file or folder of a run or logged model. */
export const ArtifactFile = z.object({
  name: z.string(),
  isFolder: z.boolean(),
  /** Bytes; undefined for folders. */
  sizeBytes: z.number().optional(),
});
export type ArtifactFile = z.infer<typeof ArtifactFile>;

/** What belongs to a run besides what it logged itself. */
export const RunRelatives = z.object({
  experimentName: z.string(),
  parent: z.object({ id: z.string(), name: z.string(), experimentId: z.number() }).nullable(),
  /** Newest first, at most 100. */
  children: z.array(RunInfo),
  /** Logged models that it made, by name; at most 100. */
  models: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      status: z.enum(loggedModelStatuses),
      artifactUri: z.string(),
    }),
  ),
  /** Model versions made from it, newest first. */
  versions: z.array(z.object({ modelName: z.string(), version: z.number() })),
});
export type RunRelatives = z.infer<typeof RunRelatives>;
