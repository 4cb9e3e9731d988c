import { z } from "zod";

/** NaN has no place in JSON, so it travels as a word. Absent is a missing key, never 0. */
export type MetricValue = number | "NaN";

export interface KeyValue {
  key: string;
  value: string;
}

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
export interface Experiment {
  id: number;
  name: string;
  artifactLocation: string;
  createdAt: number;
  updatedAt: number;
  isDeleted: boolean;
  tags: KeyValue[];
}

export interface RunInfo {
  id: string;
  experimentId: number;
  parentRunId: string | null;
  name: string;
  userName: string;
  status: RunStatus;
  startedAt: number;
  endedAt: number | null;
  artifactUri: string;
  /** Moved by every write: tells a live run from a silent one. */
  updatedAt: number;
  isDeleted: boolean;
}

export interface LatestMetric {
  key: string;
  value: MetricValue;
  timestamp: number;
  step: number;
}

export interface DatasetInput {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  /** JSON, as the client sent it. */
  schema: string | null;
  /** JSON, as the client sent it. */
  profile: string | null;
  /** The context ("training", "validation" …) is the tag mlflow.data.context. */
  tags: KeyValue[];
}

export interface Run extends RunInfo {
  metrics: LatestMetric[];
  params: KeyValue[];
  tags: KeyValue[];
  datasets: DatasetInput[];
  inputModelIds: string[];
  outputModels: { modelId: string; step: number }[];
}

/** A metric point to be logged. */
export interface Point {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  /** A logged model that this point also belongs to. */
  modelId?: string | undefined;
  datasetName?: string | undefined;
  datasetDigest?: string | undefined;
}

export interface LogBatch {
  runId: string;
  metrics: Point[];
  params: KeyValue[];
  tags: KeyValue[];
}

export interface LoggedModelPoint extends LatestMetric {
  runId: string;
  datasetName: string;
  datasetDigest: string;
}

export interface LoggedModel {
  id: string;
  experimentId: number;
  name: string;
  modelType: string;
  sourceRunId: string;
  artifactUri: string;
  status: LoggedModelStatus;
  statusMessage: string | null;
  createdAt: number;
  updatedAt: number;
  isDeleted: boolean;
  params: KeyValue[];
  tags: KeyValue[];
  metrics: LoggedModelPoint[];
}

export interface Page<Row> {
  rows: Row[];
  /** Of the next page; undefined on the last. */
  nextPageToken: string | undefined;
}

const characters = (text: string): number => (text.length > 0 ? [...text].length : 0);

/** Text of at most `limit` characters (not bytes, not UTF-16 units), with MLflow's message. */
const atMost = (limit: number, what: string) =>
  z
    .string()
    .refine(
      (text) => text.length <= limit || characters(text) <= limit,
      `'${what}' exceeds the maximum length of ${limit} characters`,
    );

export const ExperimentName = atMost(500, "name").refine(
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

export const DatasetToLog = z.object({
  name: atMost(500, "name"),
  digest: atMost(36, "digest"),
  sourceType: z.string(),
  source: atMost(65_535, "source"),
  schema: atMost(1_048_575, "schema").nullable().default(null),
  profile: atMost(16_777_215, "profile").nullable().default(null),
  tags: z.array(z.object({ key: atMost(255, "key"), value: atMost(500, "value") })).default([]),
});

export const LogInputs = z.object({
  runId: z.string(),
  datasets: z.array(DatasetToLog).default([]),
  modelIds: z.array(z.string()).default([]),
});
export type LogInputs = z.input<typeof LogInputs>;

/** A row of the list of experiments. */
export interface ExperimentSummary {
  id: number;
  name: string;
  /** The tag "owner", else who logged the first run; "" when nobody did. */
  ownerName: string;
  /** The tag mlflow.note.content. */
  note: string;
  runs: number;
  /** Runs that log. */
  running: number;
  /** Runs that were never ended and have not logged for a while. */
  silent: number;
  failed: number;
  /** When a run last wrote; the creation of the experiment when none did. */
  lastActivityAt: number;
}

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
}

/** Whether more of a metric is better, as far as its name tells. */
export type Direction = "higher" | "lower" | "unknown";

export interface CurvePoint {
  step: number;
  timestamp: number;
  /** null where the metric was NaN: a gap in the line. */
  value: number | null;
}

export interface MetricCurve {
  runId: string;
  key: string;
  /** Points that were logged; fewer are in `points` when there were too many to draw. */
  totalPoints: number;
  points: CurvePoint[];
}

export interface DatasetSummary {
  experimentId: number;
  name: string;
  digest: string;
  /** "training", "validation" … */
  context: string | undefined;
}

/** A file or folder of a run or logged model. */
export interface ArtifactFile {
  name: string;
  isFolder: boolean;
  /** Bytes; undefined for folders. */
  sizeBytes?: number;
}

/** Columns of a table of runs that are always there to choose; others are "metrics.<key>", "curve.<key>", "params.<key>". */
export const fixedRunColumns = ["status", "started", "took", "dataset", "commit", "by", "version"] as const;

/** A row of a table of runs, with what its columns show. */
export interface RunTableRow {
  run: RunInfo;
  /** Why it failed, as far as it tells. */
  failure: string | undefined;
  /** Latest values of the metrics that are columns. */
  metrics: Record<string, MetricValue>;
  /** Of the params that are columns. */
  params: Record<string, string>;
  /** The course of each metric that is drawn small; null is NaN. */
  curves: Record<string, { at: number; value: number | null }[]>;
  datasets: { name: string; digest: string; context: string | null }[];
  /** The tag mlflow.source.git.commit. */
  commit: string | null;
  /** Model versions made from it. */
  versions: { modelName: string; version: number }[];
}

export interface RunTable {
  rows: RunTableRow[];
  /** How many runs satisfy the filter. */
  found: number;
  /** Keys of the columns shown, in order. */
  columns: string[];
  /** All that could be shown. */
  choices: RunColumns;
  /** What the rows are sorted by. */
  sort: { column: string; descending: boolean };
  /** The metric that stands for a run, and which way it is better. */
  headline: { key: string; direction: Direction } | undefined;
}
