import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { limits } from "#server/base/limits.ts";
import { windowLengths } from "./constants.ts";
import { DataRules } from "./integrity/rules/contract.ts";

export const WindowLength = z.enum(windowLengths);
export type WindowLength = z.infer<typeof WindowLength>;

/** Values of correct and incorrect predictions, in the currency of the workspace; negative values are costs. */
const CellValues = z.object({
  truePositive: z.number().default(0),
  falsePositive: z.number().default(0),
  falseNegative: z.number().default(0),
  trueNegative: z.number().default(0),
});

/** Monitoring settings of an endpoint. Everything has a default, so that an endpoint is monitored from its first request. */
export const MonitorSettings = z.object({
  isOn: z.boolean().default(true),
  /** Share of requests whose features are counted. */
  share: z.number().gt(0).max(1).default(1),
  /** Inputs or tags by whose values rows are counted separately; each value with sufficient traffic is a segment. */
  segmentBy: z.array(z.string().min(1).max(200)).max(5).default([]),
  /** Number of weeks per false drift alarm of the endpoint, on average at most one (docs/spec/drift.md section 7). */
  weeksPerFalseAlarm: z.number().min(0.25).max(104).default(4),
  /** Promise a quiet period with 95% instead of one alarm on average. */
  isStrict: z.boolean().default(false),
  lengths: z.array(WindowLength).max(limits.listLength).min(1).default(["hour", "day"]),
  /** PSI net of noise below which a difference is too small to matter (docs/spec/drift.md section 6.9). */
  materialityFloor: z.number().min(0).max(1).default(0.01),
  /** Positive class of two; null uses the last of the model's labels. */
  positiveClass: z.string().max(limits.nameLength).nullable().default(null),
  /** Score from which a prediction is positive. */
  cutOff: z.number().min(0).max(1).default(0.5),
  /** Values of the four cells, for the cost slider and the estimated impact; null when not set. */
  cellValues: CellValues.nullable().default(null),
  /** Largest error of a numeric prediction that counts as correct. */
  tolerance: z.number().min(0).nullable().default(null),
  /** Age at which labels count as complete; null estimates it (docs/spec/drift.md section 12). */
  maturityMs: z.number().int().min(0).nullable().default(null),
  /** Fairness: inputs or tags that name groups, and the widest difference that is acceptable. */
  fairness: z
    .object({
      groupBy: z.array(z.string().max(limits.nameLength)).max(5).default([]),
      metric: z.enum(["accuracy", "selectionRate", "truePositiveRate", "falsePositiveRate"]).default("accuracy"),
      maxDifference: z.number().gt(0).max(1).default(0.1),
    })
    .prefault({}),
  /** Limits of inputs beyond what the reference says, for fixed-limit checks: by feature. */
  limits: boundedRecord(
    z.string().max(limits.nameLength),
    z.object({ min: z.number().nullable().default(null), max: z.number().nullable().default(null) }),
  ).default({}),
  /** Events that come later after they happened than so long, and the share of them that is still ordinary. */
  lateEvents: z
    .object({
      afterMs: z
        .number()
        .int()
        .min(1000)
        .max(30 * dayMs)
        .default(hourMs),
      maxShare: z.number().min(0).max(1).default(0.05),
    })
    .prefault({}),
  /** When a version starts serving, it receives the requests of the previous version (server/watch/monitoring/quality/consistency). */
  consistency: z
    .object({
      isAutomatic: z.boolean().default(true),
      /** Maximum share of requests with significantly different predictions before a ticket is opened. */
      maxDisagreement: z.number().min(0).max(1).default(0.1),
      /** Permitted distance between two numeric outputs without classes, as a share of the larger one. */
      tolerance: z.number().min(0).max(1).default(0.05),
    })
    .prefault({}),
  /** Rules across features that every row must satisfy. */
  rules: DataRules.default([]),
});
export type MonitorSettings = z.infer<typeof MonitorSettings>;

/** Minimum rows per side for a verdict (docs/spec/drift.md section 6.6). */
export const minRows = 50;

/** All watchers that store findings, in the order in which boards list them. */
const watchers = ["integrity", "skew", "quality", "drift", "estimate", "fairness", "consistency", "cost"] as const;
export const Watcher = z.enum(watchers);
export type Watcher = z.infer<typeof Watcher>;

/** Condition that lasts until it is resolved; alerts are created from it. */
export const Finding = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  endpoint: z.string(),
  versionId: z.uuid().nullable(),
  watcher: Watcher,
  kind: z.string(),
  feature: z.string(),
  segment: z.string(),
  severity: z.enum(["page", "ticket", "note"]),
  words: z.string(),
  evidence: z.record(z.string(), z.unknown()),
  openedAt: z.date(),
  seenAt: z.date(),
  closedAt: z.date().nullable(),
});
export type Finding = z.infer<typeof Finding>;
