import type { LabelConfig, LabelValue, Region } from "../../contract.ts";
import type { Annotator } from "../people.ts";

/** A label of a task as exports write it: an annotator's answer, or the consensus of all. */
export interface ExportedLabel {
  /** Undefined for a consensus. */
  id?: number;
  annotator?: Annotator;
  result: Region[];
  /** Null when the annotator cannot tell. */
  value: LabelValue | null;
  cannotTell: boolean;
  /** Seconds. */
  leadTime: number | null;
  createdAt: Date;
  updatedAt: Date;
  consensus?: { posterior: number | null; people: number; guideline: number; method: string };
}

export interface ExportedPrediction {
  id: number;
  result: Region[];
  score: number | null;
  modelVersion: string;
  createdAt: Date;
}

export interface ExportedTask {
  id: number;
  data: Record<string, unknown>;
  meta: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
  /** Pixels of the picture that boxes are drawn on; undefined where nothing says it. */
  picture?: { width: number; height: number } | undefined;
  labels: ExportedLabel[];
  predictions: ExportedPrediction[];
}

/** What a format needs to know of a project. */
export interface ExportedProject {
  id: number;
  name: string;
  config: LabelConfig;
  /** Fields of the tasks' data, sorted. */
  fields: string[];
  /** Whether labels are those on which the annotators agreed. */
  isConsensus: boolean;
}

/** Pages of tasks in the order of their ids. */
export type TaskPages = AsyncIterable<ExportedTask[]>;
