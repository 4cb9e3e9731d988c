import { z } from "zod";

const count = z.number();

/** Bin of [0, 1] among 512, rows, Σ score, Σ score², and how many of them were true. */
export const ScoreCell = z.tuple([count, count, count, count, count]);
export type ScoreCell = z.infer<typeof ScoreCell>;

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
});

/** How labelled answers met their labels: all of it adds up over spans. */
export const QualityCounts = z.object({
  /** Truth, answer, rows. */
  confusion: z.array(z.tuple([z.string(), z.string(), count])),
  /** Scores of labelled rows by key of ScoreState: of two classes "" with the score of the last one, else the answer with its confidence. */
  scores: z.record(z.string(), z.array(ScoreCell)),
  /** Of two classes with a score: Σ −ln(probability of the truth), Σ (score − truth)², and of how many rows. */
  logLoss: count,
  squaredError: count,
  scored: count,
  /** Of answers that are numbers; null where none is. */
  errors: Errors.nullable(),
  /** Bucket of the time from answer to label (lag-buckets.ts), and how many. */
  lags: z.array(z.tuple([count, count])),
});
export type QualityCounts = z.infer<typeof QualityCounts>;

/** What is known of one span of answers of a version, in all or of one segment. */
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

/** The same with its place in time. */
export interface PlacedSpan extends CountedSpan {
  /** Start, in milliseconds since 1970. */
  at: number;
}

/** One answer of the log with what became known of it. */
export interface LabelledPrediction {
  /** Milliseconds since 1970. */
  at: number;
  versionId: string;
  arm: CountedSpan["arm"];
  /** A class, a number, or null where it was neither or is not kept. */
  prediction: string | number | null;
  /** Of two classes the score of the last one; of more the confidence. */
  score: number | null;
  isBinary: boolean;
  /** The last of two classes. */
  lastClass: string;
  /** As the model calls the class; a number as it was told. Null without a label. */
  truth: string | null;
  lagMs: number | null;
  /** How often its label took the place of another. */
  replaced: number;
  /** Tags it is counted under besides: "carrier=UA". */
  segments: string[];
}
