import { z } from "zod";

/**
 * drift: the test fired, the difference is large enough to matter, and it is not expected. minor: the test fired, and the difference or
 * the feature's effect on the prediction is too small to matter. expected: would be drift, but it is marked as expected. usual: about the
 * same. untestable: no test can tell, since nearly all values are alike, or every level is rare.
 */
const featureStates = ["drift", "minor", "expected", "usual", "untestable", "too-few", "no-data"] as const;
export const FeatureStateWord = z.enum(featureStates);
export type FeatureStateWord = z.infer<typeof FeatureStateWord>;

/** A share of rows against the reference's, tested upwards. */
const TestedShare = z.object({
  /** Share of the rows of the window, and of the reference, from 0 to 1. */
  share: z.number(),
  referenceShare: z.number(),
  /** Alarm threshold of the share; null when no alarm is possible. */
  line: z.number().nullable(),
  pValue: z.number(),
  isAlarm: z.boolean(),
});
export type TestedShare = z.infer<typeof TestedShare>;

/** A feature that moves slowly, as of the end of a day (docs/spec/drift.md section 6.10). */
const SlowMove = z.object({
  /** Start of the day on which the move began. */
  since: z.iso.datetime(),
  /** By how much: standard deviations of a numeric feature, or the share of rows that a level gained or lost. */
  shift: z.number(),
  /** The level; null for numeric features. */
  level: z.string().nullable(),
});
export type SlowMove = z.infer<typeof SlowMove>;

/** Verdict of one window on one feature. Everything but the ranking is as it was when the window was evaluated. */
export const FeatureVerdict = z.object({
  name: z.string(),
  role: z.enum(["input", "output"]),
  kind: z.enum(["numeric", "categorical"]),
  state: FeatureStateWord,
  /** Usable values in the window and in the reference. */
  rows: z.number(),
  referenceRows: z.number(),
  /**
   * PSI of the window, or its equivalent for a table of counts, and its alarm threshold; null without a test. Whether there was an alarm is
   * pValue ≤ alpha: numeric features have an ordered test, too.
   */
  psi: z.number().nullable(),
  line: z.number().nullable(),
  /** PSI less what is expected without drift; against what is usual at this time, if that is less. */
  psiNet: z.number().nullable(),
  /** Probability of so large a difference without drift, by all tests of the distribution; 1 / pValue windows is how rare it is. */
  pValue: z.number().nullable(),
  /** False-alarm probability assigned to this test. */
  alpha: z.number(),
  degrees: z.number(),
  method: z.string(),
  /** Factor by which its windows vary more than independent rows, once hours of the week are explained; null with fewer than 10. */
  dispersion: z.number().nullable(),
  /** For numeric features: the ordered test beside PSI, and the shift of ranks in standard errors, positive for larger values. */
  ordered: z.object({ pValue: z.number(), shift: z.number() }).nullish(),
  /** From bins: largest distance of the distribution functions, and Wasserstein's distance by the reference's standard deviation. */
  ks: z.number().nullable(),
  wasserstein: z.number().nullable(),
  missing: TestedShare.nullable(),
  /** For categorical features. */
  unseen: TestedShare.nullable(),
  /** For numeric features. */
  outside: TestedShare.nullable(),
  /** Counts by decision bin: what later windows learn from what is usual at their time. */
  counts: z.array(z.number()),
  /** In windows of a day: the slow move that is found in the days up to this one. */
  slow: SlowMove.optional(),
  /** Among those that changed, by Benjamini and Hochberg at 10%; only in windows with an alarm. */
  isListed: z.boolean(),
  /** Share of the total influence on the prediction, from 0 to 1; null if unknown. */
  importance: z.number().nullable(),
  /** Multiple of its threshold, at most 10; 0 without a test. */
  excess: z.number(),
  /** Correlation of its past drift with how far the metric was off; null without 8 windows of history. */
  correlation: z.number().nullable(),
  /** effect · importance · max(0.1, correlation): what features are ranked by (docs/spec/drift.md section 13). */
  rank: z.number(),
});
export type FeatureVerdict = z.infer<typeof FeatureVerdict>;

/** Verdict of one window on an endpoint. */
export const DriftVerdict = z.object({
  /** no-data: no rows; too-few: fewer than 50 rows of every feature; untestable: no feature can be tested. */
  state: z.enum(["drift", "minor", "expected", "usual", "untestable", "too-few", "no-data"]),
  /** Inputs that were tested, and of them those that drift. */
  tested: z.number().int(),
  drifted: z.number().int(),
  /** Features of all roles that move slowly; only in windows of a day. */
  slow: z.number().int().optional(),
  /**
   * Features of all roles that were tested and whose drift is not expected, and those of them inside their threshold: the basis of the
   * drift budget.
   */
  counted: z.object({ inside: z.number().int(), all: z.number().int() }),
  /** Whether an output drifts: without input drift, this points to the model or its preprocessing. */
  isPredictionDrift: z.boolean(),
  isInputDrift: z.boolean(),
  /** False-alarm budget that the thresholds are based on. */
  budget: z.object({
    weeks: z.number(),
    windowsPerWeek: z.number(),
    isStrict: z.boolean(),
    /** Tests of the window that can open an alarm. */
    tests: z.number().int(),
    /** Part of the budget that the window had: lengths, versions and segments share it. */
    share: z.number(),
  }),
  /** Windows that dispersion was measured from; 0 while rows are taken as independent. */
  calibratedOn: z.number().int(),
  referenceRows: z.number(),
  /** The window is larger than a tenth of the reference, so an unlucky reference may alarm again and again. */
  isReferenceSmall: z.boolean(),
  /** The conclusion in a sentence. */
  words: z.string(),
});
export type DriftVerdict = z.infer<typeof DriftVerdict>;
