import { z } from "zod";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { DataRules } from "./integrity/rules/contract.ts";

/** How long a window of drift is judged over. Five minutes are for much traffic, or for models that must not be wrong for an hour. */
export const windowLengths = ["five-minutes", "hour", "day", "week"] as const;
export const WindowLength = z.enum(windowLengths);
export type WindowLength = z.infer<typeof WindowLength>;

/** What a wrong or a right answer is worth, in the currency of the workspace; negative costs. */
const CellValues = z.object({
  truePositive: z.number().default(0),
  falsePositive: z.number().default(0),
  falseNegative: z.number().default(0),
  trueNegative: z.number().default(0),
});

/** How an endpoint is watched. Every part has a default, so that an endpoint is watched from its first request on. */
export const MonitorSettings = z.object({
  isOn: z.boolean().default(true),
  /** Share of requests whose features are counted. */
  share: z.number().gt(0).max(1).default(1),
  /** Inputs or tags by whose values rows are counted apart; each value with at least some traffic is a segment. */
  segmentBy: z.array(z.string().min(1).max(200)).max(5).default([]),
  /** On average at most one false drift alarm of the endpoint in so many weeks (docs/spec/drift.md section 7). */
  weeksPerFalseAlarm: z.number().min(0.25).max(104).default(4),
  /** Promise a quiet period with 95% instead of one alarm on average. */
  isStrict: z.boolean().default(false),
  lengths: z.array(WindowLength).min(1).default(["hour", "day"]),
  /** PSI net of noise below which a difference is too small to matter (docs/spec/drift.md section 6.9). */
  materialityFloor: z.number().min(0).max(1).default(0.01),
  /** Of two classes, the one that counts as positive; null takes the last of the model's labels. */
  positiveClass: z.string().nullable().default(null),
  /** Score from which an answer is positive. */
  cutOff: z.number().min(0).max(1).default(0.5),
  /** Values of the four cells, for the cost slider and estimated harm; null where nobody said. */
  cellValues: CellValues.nullable().default(null),
  /** Of answers that are numbers: how far off still counts as right. */
  tolerance: z.number().min(0).nullable().default(null),
  /** Age at which labels count as complete; null estimates it (docs/spec/drift.md section 12). */
  maturityMs: z.number().int().min(0).nullable().default(null),
  /** Fairness: inputs or tags that name groups, and the widest difference that is acceptable. */
  fairness: z
    .object({
      groupBy: z.array(z.string()).max(5).default([]),
      metric: z.enum(["accuracy", "selectionRate", "truePositiveRate", "falsePositiveRate"]).default("accuracy"),
      maxDifference: z.number().gt(0).max(1).default(0.1),
    })
    .prefault({}),
  /** Limits of inputs beyond what the reference says, for fixed-limit checks: by feature. */
  limits: z
    .record(
      z.string(),
      z.object({ min: z.number().nullable().default(null), max: z.number().nullable().default(null) }),
    )
    .default({}),
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
  /** When a version begins to serve, it is asked what the one before was asked (server/watch/monitoring/quality/consistency). */
  consistency: z
    .object({
      isAutomatic: z.boolean().default(true),
      /** Share of requests that it may surely answer otherwise before a ticket is opened. */
      maxDisagreement: z.number().min(0).max(1).default(0.1),
      /** Share of the larger of two numbers by which answers that give no classes may lie apart. */
      tolerance: z.number().min(0).max(1).default(0.05),
    })
    .prefault({}),
  /** What every row must keep across features. */
  rules: DataRules.default([]),
});
export type MonitorSettings = z.infer<typeof MonitorSettings>;

/** Fewer rows than this on either side give no verdict (docs/spec/drift.md section 6.6). */
export const minRows = 50;

/** Every watcher that keeps findings, in the order in which boards list them. */
const watchers = ["integrity", "quality", "drift", "estimate", "fairness", "consistency", "cost"] as const;
export const Watcher = z.enum(watchers);
export type Watcher = z.infer<typeof Watcher>;

/** Something that lasts until it is no longer so; alerts are made from it. */
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
