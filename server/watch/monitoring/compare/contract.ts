import { z } from "zod";

/** Settings for the comparison of two tables. */
export const CompareSettings = z.object({
  /** False alarms that one comparison raises on average, over all of its columns and tests. */
  falseAlarms: z.number().gt(0).max(1).default(0.05),
  /** PSI net of noise below which a difference is too small to matter (docs/spec/drift.md section 6.9). */
  materialityFloor: z.number().min(0).max(1).default(0.01),
});
export type CompareSettings = z.infer<typeof CompareSettings>;

/** A calibrated test as stored; an infinite threshold is null. */
const StoredTest = z.object({
  statistic: z.number(),
  line: z.number().nullable(),
  pValue: z.number(),
  isDrift: z.boolean(),
  method: z.string(),
});
export type StoredTest = z.infer<typeof StoredTest>;

const Bar = z.object({
  /** A level, or a range of values in words. */
  label: z.string(),
  /** Shares of the rows with a value. */
  reference: z.number(),
  current: z.number(),
});

/** One column of both tables. */
export const ComparedColumn = z.object({
  name: z.string(),
  /** As Evidently would infer it from the reference; "unknown" is not compared. */
  type: z.enum(["numerical", "categorical", "text", "datetime", "unknown"]),
  /** Rows with a value, and without. */
  referenceRows: z.number().int(),
  rows: z.number().int(),
  referenceMissing: z.number().int(),
  missing: z.number().int(),
  /** Score that Evidently prints with default settings; null when there is none, with the reason in `note`. */
  score: z
    .object({
      method: z.string(),
      kind: z.enum(["p-value", "distance"]),
      score: z.number(),
      threshold: z.number(),
      isDrift: z.boolean(),
    })
    .nullable(),
  /** NannyML's default: Jensen and Shannon's distance to base 2. */
  nannyml: z.number().nullable(),
  /** The calibrated tests; null where there is nothing to test. */
  distribution: StoredTest.nullable(),
  missingTest: StoredTest.nullable(),
  unseenTest: StoredTest.nullable(),
  outOfRangeTest: StoredTest.nullable(),
  /** Only "changed" is drift. */
  word: z.enum([
    "changed",
    "different, but too small to matter",
    "about the same",
    "cannot be tested",
    "not enough data",
  ]),
  sentence: z.string(),
  /** Reason why the fixed threshold disagrees; null when it agrees. */
  disagreement: z.string().nullable(),
  note: z.string().nullable(),
  bars: z.array(Bar),
});
export type ComparedColumn = z.infer<typeof ComparedColumn>;

export const Comparison = z.object({
  referenceRows: z.number().int(),
  rows: z.number().int(),
  /** Columns present in both tables, largest change first. */
  columns: z.array(ComparedColumn),
  onlyInReference: z.array(z.string()),
  onlyInCurrent: z.array(z.string()),
  changed: z.number().int(),
  /** Evidently's verdict on the dataset: drift if at least half of the columns drifted. */
  evidently: z.object({ drifted: z.number().int(), share: z.number(), isDrift: z.boolean() }),
  /** Set when the reference is small relative to the other table. */
  warning: z.string().nullable(),
});
export type Comparison = z.infer<typeof Comparison>;
