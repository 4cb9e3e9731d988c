import { z } from "zod";

/**
 * drift: its test fired, the difference is large enough to matter, and nobody expects it. minor: it fired, and the difference is too small,
 * or the feature moves the answer too little, to matter. expected: it would be drift, and somebody said why. usual: about the same.
 */
const featureStates = ["drift", "minor", "expected", "usual", "too-few", "no-data"] as const;
export const FeatureStateWord = z.enum(featureStates);
export type FeatureStateWord = z.infer<typeof FeatureStateWord>;

/** A share of rows against the reference's, tested upwards. */
const TestedShare = z.object({
  /** Of the rows of the window, and of the reference, from 0 to 1. */
  share: z.number(),
  referenceShare: z.number(),
  /** What the share may be before it is an alarm; null where nothing can alarm. */
  line: z.number().nullable(),
  pValue: z.number(),
  isAlarm: z.boolean(),
});
export type TestedShare = z.infer<typeof TestedShare>;

/** What one window says of one feature. Everything but the ranking is as it was when the window was judged. */
export const FeatureVerdict = z.object({
  name: z.string(),
  role: z.enum(["input", "output"]),
  kind: z.enum(["numeric", "categorical"]),
  state: FeatureStateWord,
  /** Usable values in the window and in the reference. */
  rows: z.number(),
  referenceRows: z.number(),
  /** PSI of the window, or what a table of counts has in its place, and the line above which it is an alarm; null without a test. */
  psi: z.number().nullable(),
  line: z.number().nullable(),
  /** PSI less what is expected without drift. */
  psiNet: z.number().nullable(),
  /** Probability of so large a difference without drift; 1 / pValue windows is how rare it is. */
  pValue: z.number().nullable(),
  /** False-alarm probability that this test was given. */
  alpha: z.number(),
  degrees: z.number(),
  method: z.string(),
  /** How much more its windows vary than independent rows would; null while fewer than 10 windows are known. */
  dispersion: z.number().nullable(),
  /** From bins: largest distance of the distribution functions, and Wasserstein's distance by the reference's standard deviation. */
  ks: z.number().nullable(),
  wasserstein: z.number().nullable(),
  missing: TestedShare.nullable(),
  /** Of categories. */
  unseen: TestedShare.nullable(),
  /** Of numbers. */
  outside: TestedShare.nullable(),
  /** Counts by decision bin: what later windows measure the dispersion from. */
  counts: z.array(z.number()),
  /** Among those that changed, by Benjamini and Hochberg at 10%; only in windows with an alarm. */
  isListed: z.boolean(),
  /** Share of what moves the answer, from 0 to 1; null where it is not known. */
  importance: z.number().nullable(),
  /** How many times over its line, at most 10, 0 without a test. */
  excess: z.number(),
  /** Correlation of its past drift with how far the metric was off; null without 8 windows of history. */
  correlation: z.number().nullable(),
  /** excess · importance · max(0.1, correlation): what features are ranked by (docs/spec/drift.md section 13). */
  rank: z.number(),
});
export type FeatureVerdict = z.infer<typeof FeatureVerdict>;

/** What one window says of an endpoint. */
export const DriftVerdict = z.object({
  /** no-data: no rows; too-few: fewer than 50 rows of every feature. */
  state: z.enum(["drift", "minor", "expected", "usual", "too-few", "no-data"]),
  /** Inputs that were tested, and of them those that drift. */
  tested: z.number().int(),
  drifted: z.number().int(),
  /** Features of all roles that were tested and that nobody expects to drift, and of them those inside their line: what the drift budget counts. */
  counted: z.object({ inside: z.number().int(), all: z.number().int() }),
  /** Whether an output drifts: without inputs that do, it points to the model or what stands before it. */
  isPredictionDrift: z.boolean(),
  isInputDrift: z.boolean(),
  /** The promise that the lines stand for. */
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
