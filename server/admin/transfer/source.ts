import type { Readable } from "node:stream";
import type { Stage } from "#server/develop/registry/versions/contract.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import type { LoggedModelStatus } from "#server/develop/tracking/models/contract.ts";
import type { DatasetInput, RunStatus } from "#server/develop/tracking/runs/contract.ts";

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
  /** ONNX file, if it belongs to no run and no logged model. */
  upload: SourceFile | undefined;
}

export interface SourceModel {
  name: string;
  description: string;
  tags: KeyValue[];
  aliases: { alias: string; version: number }[];
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
  close(): Promise<void>;
}
