import type { Readable } from "node:stream";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { Policy } from "#server/develop/registry/policy/contract.ts";
import type { Stage } from "#server/develop/registry/versions/contract.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type {
  ImportedEvaluationDataset,
  ImportedEvaluationRecord,
} from "#server/develop/tracking/evaluations/import-evaluation-dataset.ts";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import type { LoggedModelStatus } from "#server/develop/tracking/models/contract.ts";
import type { DatasetInput, RunStatus } from "#server/develop/tracking/runs/contract.ts";
import type { NewSpan, StoreTrace } from "#server/develop/tracking/traces/contract.ts";

/** A file that belongs to a thing at the source. */
export interface SourceFile {
  /** Below the root of the run, model or version. */
  path: string;
  sizeBytes: number | undefined;
  open(): Promise<Readable>;
}

/** Common properties of all items at a source. */
interface Thing {
  id: string;
  /** Changes when the thing does, files included. */
  fingerprint(): Promise<string>;
  /** Lists the files; `report` receives a sentence about each unavailable one. */
  files(report: (problem: string) => void): AsyncIterable<SourceFile>;
}

export interface SourceExperiment {
  id: string;
  name: string;
  tags: KeyValue[];
}

export interface SourceRun extends Thing {
  experimentId: string;
  name: string;
  userName: string;
  status: RunStatus;
  startedAt: number;
  endedAt: number | null;
  params: KeyValue[];
  tags: KeyValue[];
  datasets: DatasetInput[];
  inputModelIds: string[];
  outputModels: { modelId: string; step: number }[];
  /** Yields every point of every metric, in portions. Must be read to the end before the next run is requested. */
  points(report: (problem: string) => void): AsyncIterable<Point[]>;
}

export interface SourceLoggedModel extends Thing {
  experimentId: string;
  name: string;
  modelType: string;
  sourceRunId: string;
  status: LoggedModelStatus;
  createdAt: number;
  params: KeyValue[];
  tags: KeyValue[];
  /** Points of runs that also belong to this model. */
  metrics: (Point & { runId: string })[];
}

export type SourceTrace = Omit<StoreTrace, "experimentId" | "metadata"> & {
  experimentId: string;
  metadata: Record<string, string>;
  spans: Omit<NewSpan, "traceId">[];
};

export interface SourceEvaluationDataset extends Omit<ImportedEvaluationDataset, "experimentIds"> {
  experimentIds: string[];
  /** Must be read to the end before the next dataset is requested. */
  records: AsyncIterable<ImportedEvaluationRecord>;
}

export interface SourceVersion {
  number: number;
  /** Location of its files at the source: "runs:/…", "models:/m-…", "mlflow-artifacts:/…" or elsewhere. */
  source: string;
  runId: string;
  loggedModelId: string | undefined;
  description: string;
  userName: string;
  stage: Stage;
  createdAt: number;
  tags: KeyValue[];
  /** Link to the run, if the source stores one. */
  runLink?: string;
  /** What is done before and after the model, if the source knows pipelines. */
  pipeline?: Pipeline | null;
  /** ONNX file, if it belongs to no run and no logged model. */
  upload: SourceFile | undefined;
}

export interface SourceModel {
  name: string;
  description: string;
  tags: KeyValue[];
  aliases: { alias: string; version: number }[];
  /** Name of the owner, if the source knows owners. */
  owner?: string | null;
  /** The model's own policy, if the source knows policies. */
  policy?: Policy | null;
  versions: SourceVersion[];
}

/** Source of an import. Read once for each kind, in this order. */
export interface Source {
  /** Number of runs that may be imported concurrently. */
  readonly runsAtOnce: number;
  experiments(): AsyncIterable<SourceExperiment>;
  runs(): AsyncIterable<SourceRun>;
  loggedModels(): AsyncIterable<SourceLoggedModel>;
  models(): AsyncIterable<SourceModel>;
  /** Left out by sources without traces. */
  traces?(): AsyncIterable<SourceTrace>;
  /** Left out by sources without evaluation datasets. */
  evaluationDatasets?(): AsyncIterable<SourceEvaluationDataset>;
  close(): Promise<void>;
}
