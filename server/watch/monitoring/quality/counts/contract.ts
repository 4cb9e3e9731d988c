import { z } from "zod";

const count = z.number();

/** Bin of [0, 1], rows, Σ score, Σ score², and how many of them were true. */
export const ScoreCell = z.tuple([count, count, count, count, count]);
export type ScoreCell = z.infer<typeof ScoreCell>;

const Moments = z.object({ mean: z.number(), m2: z.number() });

/** ErrorSums of server/stats/quality/regression.ts. */
const Errors = z.object({
  count,
  error: count,
  absolute: count,
  squared: count,
  fourth: count,
  truth: count,
  absoluteTruth: count,
  truthSquared: count,
  relative: count,
  relativeSquared: count,
  relativeCount: count,
  within: count,
  /** Absent in counts of older releases. */
  moments: z
    .object({ error: Moments, absolute: Moments, squared: Moments, truth: Moments, relative: Moments })
    .optional(),
});

/** Counts of labelled predictions against their labels: all values are additive over time ranges. */
export const QualityCounts = z.object({
  /** Actual, predicted, number of rows. */
  confusion: z.array(z.tuple([z.string(), z.string(), count])),
  /**
   * Scores of labelled rows by key of ScoreState: for two classes "" with the score of the last one, otherwise the predicted class with its
   * confidence. By 512 equal bins.
   */
  scores: z.record(z.string(), z.array(ScoreCell)),
  /**
   * The same rows near 0 and 1 once more, by the bins of server/stats/estimation/score-grid.ts that equal bins are split into. Absent in
   * counts of older releases, and incomplete in what they added up.
   */
  splitScores: z.record(z.string(), z.array(ScoreCell)).optional(),
  /**
   * The true ones of the rows of two classes once more, by all bins of server/stats/estimation/score-grid.ts, so that a decision threshold
   * within a bin places each class by its own scores. Absent in counts of older releases, and incomplete in what they added up.
   */
  trueScores: z.record(z.string(), z.array(ScoreCell)).optional(),
  /** For two classes with a score: Σ −ln(probability of the actual class), Σ (score − actual)², and the number of rows. */
  logLoss: count,
  squaredError: count,
  scored: count,
  /** For numeric predictions; null when there are none. */
  errors: Errors.nullable(),
  /** Bucket of the time from prediction to label (lag-buckets.ts), and its count. */
  lags: z.array(z.tuple([count, count])),
});
export type QualityCounts = z.infer<typeof QualityCounts>;

/** Counts of one time range of a version's predictions, in total or for one segment. */
export interface CountedSpan {
  versionId: string;
  arm: "stable" | "canary" | "shadow";
  /** "" for all rows, else "carrier=UA". */
  segment: string;
  predictions: number;
  labelled: number;
  counts: QualityCounts;
  revision: number;
}

/** Counted span with its start time. */
export interface PlacedSpan extends CountedSpan {
  /** Start, in milliseconds since 1970. */
  at: number;
}

/** Logged prediction with its label, if any. */
export interface LabelledPrediction {
  /** Milliseconds since 1970. */
  at: number;
  versionId: string;
  arm: CountedSpan["arm"];
  /** Class or number; null if it was neither or is not stored. */
  prediction: string | number | null;
  /** Score of the last class for two classes; confidence for more. */
  score: number | null;
  isBinary: boolean;
  /** The last of two classes. */
  lastClass: string;
  /** Class name as in the model; a number as reported. Null without a label. */
  truth: string | null;
  lagMs: number | null;
  /** Number of times that its label was replaced. */
  replaced: number;
  /** Tags it is counted under besides: "carrier=UA". */
  segments: string[];
}
