import { z } from "zod";
import { Measured } from "../contract.ts";
import { QualityMetric, TaskKind } from "../metrics/contract.ts";

const share = z.number().nullable();
const Band = z.object({ low: z.number(), high: z.number() });
const Cells = z.object({
  truePositive: z.number(),
  falsePositive: z.number(),
  falseNegative: z.number(),
  trueNegative: z.number(),
});

/** Effect of a decision threshold; its metrics are shares, its value is in the currency of the workspace. */
export const CutOff = z.object({
  cutOff: z.number(),
  cells: Cells,
  accuracy: share,
  precision: share,
  recall: share,
  f1: share,
  specificity: share,
  valuePer1000: z.number().nullable(),
});
export type CutOff = z.infer<typeof CutOff>;

/** Data of quality tables and charts: labelled predictions as old as the horizon. */
export const QualityDetail = z.object({
  taskKind: TaskKind,
  metrics: z.array(z.object({ metric: QualityMetric, realised: Measured.nullable(), estimated: Measured.nullable() })),
  /** Labelled predictions. */
  rows: z.number(),
  /** Each class against the rest, most frequent first. */
  classes: z.array(
    z.object({
      name: z.string(),
      support: z.number(),
      predicted: z.number(),
      precision: share,
      precisionInterval: Band.nullable(),
      recall: share,
      recallInterval: Band.nullable(),
      f1: share,
    }),
  ),
  confusion: z.array(z.object({ truth: z.string(), answer: z.string(), count: z.number() })),
  /** Number of classes beyond the thirty most frequent, which the matrix leaves out. */
  hiddenClasses: z.number().int(),
  /** Null without scores. */
  calibration: z
    .object({
      points: z.array(
        z.object({
          from: z.number(),
          to: z.number(),
          rows: z.number(),
          meanScore: z.number(),
          share: z.number(),
          interval: Band,
        }),
      ),
      /** Expected calibration error. */
      error: z.number(),
    })
    .nullable(),
  /** Null unless there are two classes with scores. */
  thresholds: z
    .object({
      basis: z.enum(["labels", "estimate"]),
      curve: z.array(CutOff),
      /** Threshold with the highest value; null when no values of predictions are set. */
      best: z.number().nullable(),
    })
    .nullable(),
  positive: z.string().nullable(),
  cutOff: z.number(),
  cellValues: Cells.nullable(),
  logLoss: z.number().nullable(),
  brier: z.number().nullable(),
});
export type QualityDetail = z.infer<typeof QualityDetail>;

/** One part of the traffic beside the others. */
export const SegmentQuality = z.object({
  /** "carrier=UA". */
  segment: z.string(),
  predictions: z.number(),
  labelled: z.number(),
  realised: Measured.nullable(),
  /** Whether the intervals of all rows and of this segment do not overlap, at a level adjusted for the number of segments. */
  isDifferent: z.boolean(),
});
export type SegmentQuality = z.infer<typeof SegmentQuality>;

export const FairnessOfTag = z.object({
  /** Input or tag that names the groups. */
  groupBy: z.string(),
  groups: z.array(z.object({ name: z.string(), rows: z.number(), value: z.number(), interval: Band })),
  /** Groups with fewer than 30 rows. */
  small: z.array(z.object({ name: z.string(), rows: z.number() })),
  difference: z.number().nullable(),
  differenceInterval: Band.nullable(),
  /** The pair of groups that decides, with the interval that is compared with the limit. */
  pair: z.object({ lower: z.string(), higher: z.string(), difference: z.number(), interval: Band }).nullable(),
  ratio: z.number().nullable(),
  isUnfair: z.boolean(),
});
export type FairnessOfTag = z.infer<typeof FairnessOfTag>;

export const QualityParts = z.object({
  segments: z.array(SegmentQuality),
  fairness: z.object({
    metric: z.enum(["accuracy", "selectionRate", "truePositiveRate", "falsePositiveRate"]),
    maxDifference: z.number(),
    tags: z.array(FairnessOfTag),
  }),
});
export type QualityParts = z.infer<typeof QualityParts>;
