import { z } from "zod";
import type { RunFinding } from "../health/contract.ts";
import type { Direction, MetricValue } from "../metrics/contract.ts";
import type { RunInfo } from "../runs/contract.ts";
import { type FieldKind, fieldKinds } from "./constants.ts";

export type { FieldKind };

/** A metric, and how many runs have it. */
export interface MetricUse {
  key: string;
  runs: number;
}

/** Param with the number of runs that have it, and its number of distinct values. */
export interface ParamUse extends MetricUse {
  values: number;
}

/** Metrics and params of the newest runs of an experiment, for choosing columns. */
export interface RunColumns {
  metrics: MetricUse[];
  params: ParamUse[];
  /** Number of runs evaluated. */
  runs: number;
  /** Number of metrics and params in total; the lists hold the most common ones. */
  keys: number;
}

/** A key that runs of an experiment have. */
export const RunField = z.object({
  key: z.string(),
  /** Number of evaluated runs that have it. */
  runs: z.number(),
  /** Different values among them; of metrics not counted. */
  values: z.number().optional(),
});
export type RunField = z.infer<typeof RunField>;

export const RunFields = z.object({
  fields: z.array(RunField),
  /** Number of keys that contain the words. */
  total: z.number(),
  /** Number of runs evaluated: the newest, as many as can be read at once. */
  runs: z.number(),
});
export type RunFields = z.infer<typeof RunFields>;

export const SearchRunFields = z.object({
  experimentId: z.number(),
  kind: z.enum(fieldKinds),
  /** Part of the key, in any case; "" is all. */
  words: z.string().max(250).default(""),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(50),
});
export type SearchRunFields = z.input<typeof SearchRunFields>;

/** Value of a field, with its number of runs; most common first. */
export const FieldValue = z.object({ value: z.string(), runs: z.number() });
export type FieldValue = z.infer<typeof FieldValue>;

/** Runs that have one value in common. */
export interface GroupOfRuns {
  /** "params.<key>", "tags.<key>", or one of the attributes. */
  by: string;
  /** null: those that have no value. */
  value: string | null;
}

/** A figure over the runs of a group that have the metric as a number. */
export const GroupStatistics = z.object({
  /** Runs with a number. */
  count: z.number(),
  mean: z.number(),
  /** 95% interval of the mean; null when there are too few runs. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  median: z.number(),
  lowest: z.number(),
  highest: z.number(),
});
export type GroupStatistics = z.infer<typeof GroupStatistics>;

export const RunGroup = z.object({
  /** Common value of its runs; null for runs without a value. */
  value: z.string().nullable(),
  runs: z.number(),
  /** Start of its newest run, epoch milliseconds. */
  newestAt: z.number(),
  /** Statistics by metric; absent when none of the runs has a number. */
  metrics: z.record(z.string(), GroupStatistics),
});
export type RunGroup = z.infer<typeof RunGroup>;

export const RunGroups = z.object({
  by: z.string(),
  groups: z.array(RunGroup),
  /** Total number of groups. */
  total: z.number(),
  /** Runs in all groups. */
  runs: z.number(),
  metrics: z.array(z.string()),
  sort: z.object({ column: z.string(), descending: z.boolean() }),
});
export type RunGroups = z.infer<typeof RunGroups>;

export const GroupRuns = z.object({
  experimentId: z.number(),
  /** In the filter language; "" is all. */
  filter: z.string().default(""),
  /** "params.<key>", "tags.<key>", or one of the attributes. */
  by: z.string(),
  /** Metrics to take figures of. */
  metrics: z.array(z.string()).max(12).default([]),
  /** Order by "value", "runs", or the mean of "metrics.<key>". */
  sort: z.object({ column: z.string(), descending: z.boolean() }).optional(),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(500).default(100),
});
export type GroupRuns = z.input<typeof GroupRuns>;

/** A row of a table of runs, with what its columns show. */
export interface RunTableRow {
  run: RunInfo;
  /** Reason of a failure, if the run gives one. */
  failure: string | undefined;
  /** Open findings, worst first. */
  findings: RunFinding[];
  /** Latest values of the metrics that are columns. */
  metrics: Record<string, MetricValue>;
  /** Values of the params that are columns. */
  params: Record<string, string>;
  /** Values of the tags that are columns. */
  tags: Record<string, string>;
  /** The course of each metric that is drawn small; null is NaN. */
  curves: Record<string, { at: number; value: number | null }[]>;
  datasets: { name: string; digest: string; context: string | null }[];
  /** The tag mlflow.source.git.commit. */
  commit: string | null;
  /** Model versions created from the run. */
  versions: { modelName: string; version: number }[];
}

export interface RunTable {
  rows: RunTableRow[];
  /** Number of runs that match the filter. */
  found: number;
  /** Token of the next page; undefined on the last. */
  next: string | undefined;
  /** Token of the previous page; undefined on the first. */
  previous: string | undefined;
  /** Keys of the columns shown, in order. */
  columns: string[];
  /** All that could be shown. */
  choices: RunColumns;
  /** Order of the rows. */
  sort: { column: string; descending: boolean };
  /** Metric that represents a run, and the direction in which it improves. */
  headline: { key: string; direction: Direction } | undefined;
}

/** A table of groups of runs; those that are open show their runs. */
export interface GroupedRuns {
  /** Without rows; its order is that of the runs in a group. */
  table: RunTable;
  groups: RunGroups;
  opened: { value: string | null; rows: RunTableRow[]; found: number }[];
}
