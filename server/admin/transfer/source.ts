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

/** What all things at a source have. */
interface Thing {
  id: string;
  /** Changes when the thing does, files included. */
  fingerprint(): Promise<string>;
  /** Its files; `report` is told, in a sentence, of what cannot be had. */
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
  /** Every point of every metric, in portions. Read to the end before the next run is asked for. */
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
  /** Where its files are, as the source says: "runs:/…", "models:/m-…", "mlflow-artifacts:/…" or elsewhere. */
  source: string;
  runId: string;
  loggedModelId: string | undefined;
  description: string;
  userName: string;
  stage: Stage;
  createdAt: number;
  tags: KeyValue[];
  /** Its ONNX file, where that belongs to no run and no logged model. */
  upload: SourceFile | undefined;
}

export interface SourceModel {
  name: string;
  description: string;
  tags: KeyValue[];
  aliases: { alias: string; version: number }[];
  versions: SourceVersion[];
}

/** Where an import takes things from. Asked once for each kind, in this order. */
export interface Source {
  /** How many runs may be taken over at once. */
  readonly runsAtOnce: number;
  experiments(): AsyncIterable<SourceExperiment>;
  runs(): AsyncIterable<SourceRun>;
  loggedModels(): AsyncIterable<SourceLoggedModel>;
  models(): AsyncIterable<SourceModel>;
  close(): Promise<void>;
}
