import { z } from "zod";

/** How two tables are compared. */
export const CompareSettings = z.object({
  /** False alarms that one comparison raises on average, over all of its columns and tests. */
  falseAlarms: z.number().gt(0).max(1).default(0.05),
  /** PSI net of noise below which a difference is too small to matter (docs/spec/drift.md section 6.9). */
  materialityFloor: z.number().min(0).max(1).default(0.01),
});
export type CompareSettings = z.infer<typeof CompareSettings>;

/** A calibrated test as it is kept; an infinite line is null. */
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
  /** What Evidently prints for it with default settings; null where it has no score, with the reason in `note`. */
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
  word: z.enum(["changed", "different, but too small to matter", "about the same", "not enough data"]),
  sentence: z.string(),
  /** Why the fixed threshold says something else; null where it does not. */
  disagreement: z.string().nullable(),
  note: z.string().nullable(),
  bars: z.array(Bar),
});
export type ComparedColumn = z.infer<typeof ComparedColumn>;

export const Comparison = z.object({
  referenceRows: z.number().int(),
  rows: z.number().int(),
  /** Of the columns that both have, what changed most first. */
  columns: z.array(ComparedColumn),
  onlyInReference: z.array(z.string()),
  onlyInCurrent: z.array(z.string()),
  changed: z.number().int(),
  /** Evidently's verdict on the whole: drift where at least half of the columns drifted. */
  evidently: z.object({ drifted: z.number().int(), share: z.number(), isDrift: z.boolean() }),
  /** Said where the reference is small for the other table. */
  warning: z.string().nullable(),
});
export type Comparison = z.infer<typeof Comparison>;
