import { z } from "zod";

/** Bins of a numeric profile before duplicate edges are removed (docs/spec/drift.md section 5.1). */
export const profileBins = 512;

/** Profile of a numeric feature in the reference. Values are finite; others are counted separately. */
export const NumericProfile = z.object({
  kind: z.literal("numeric"),
  /** Finite values. */
  count: z.number().int(),
  nulls: z.number().int(),
  nans: z.number().int(),
  posInf: z.number().int(),
  negInf: z.number().int(),
  zeros: z.number().int(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  /** Sum of squared distances to the mean; the variance is m2 / count. */
  m2: z.number(),
  /** Interior edges, ascending and distinct; bin i holds values above edge i − 1 and at most edge i. */
  edges: z.array(z.number()),
  /** One more than edges. */
  bins: z.array(z.number().int()),
  isInteger: z.boolean(),
  /** Each value with its count if there are at most 20 distinct ones, so that compatible scores are exact; otherwise null. */
  values: z.array(z.tuple([z.number(), z.number().int()])).nullable(),
  /** For an embedding's cosine only: mean of the reference's rows, the cosine's other argument. */
  meanRow: z.array(z.number()).optional(),
});
export type NumericProfile = z.infer<typeof NumericProfile>;

/** Profile of a categorical feature in the reference. */
export const CategoricalProfile = z.object({
  kind: z.literal("categorical"),
  count: z.number().int(),
  nulls: z.number().int(),
  /** Levels, most frequent first; at most 200. */
  levels: z.array(z.tuple([z.string(), z.number().int()])),
  /** Rows of all other levels, and their names, which distinguish a rare level from an unseen one. */
  other: z.number().int(),
  otherLevels: z.array(z.string()),
  /** Levels that occur exactly once (Good and Turing's N1). */
  once: z.number().int(),
  /** Levels that occur exactly twice (N2); absent in profiles of older releases. */
  twice: z.number().int().optional(),
});
export type CategoricalProfile = z.infer<typeof CategoricalProfile>;

export const FeatureProfile = z.discriminatedUnion("kind", [NumericProfile, CategoricalProfile]);
export type FeatureProfile = z.infer<typeof FeatureProfile>;

/** Active feature: its index in packed states is its index in the list. */
export interface ProfiledFeature {
  name: string;
  role: "input" | "output";
  profile: FeatureProfile;
}

/** A numeric feature in a span of time (docs/spec/drift.md section 5.2). */
export interface NumericState {
  kind: "numeric";
  /** As many as the profile has. */
  bins: Float64Array;
  /** Outside of the reference's minimum and maximum; also in the first or the last bin. */
  below: number;
  above: number;
  /** Finite values. */
  count: number;
  nulls: number;
  nans: number;
  posInf: number;
  negInf: number;
  zeros: number;
  mean: number;
  m2: number;
  /** Infinity and −Infinity while there are no values. */
  min: number;
  max: number;
}

/** A categorical feature in a span of time. */
export interface CategoricalState {
  kind: "categorical";
  /** By index in the profile's levels; the last one is "other". */
  levels: Float64Array;
  /** Number of rows with a level that is not in the reference, and the most frequent of those levels (space-saving, at most 16). */
  unseen: number;
  unseenTop: Map<string, number>;
  /** Values that are not null. */
  count: number;
  nulls: number;
}

export type FeatureState = NumericState | CategoricalState;

/**
 * Scores of one predicted class by the bins of server/stats/estimation/score-grid.ts: of two classes, the score of the positive one under
 * the key ""; of more, the confidence under the predicted class. With it every estimated metric can be had for any cut-off
 * (docs/spec/drift.md section 11.6).
 */
export interface ScoreState {
  count: Float64Array;
  /** Sum of scores and of their squares, so that calibration may be applied later. */
  sum: Float64Array;
  sumSquares: Float64Array;
}

/** All that was seen in one span: what is packed into one row of feature_states. */
export interface SpanState {
  rows: number;
  /** By index in the profile; undefined without values. */
  features: (FeatureState | undefined)[];
  scores: Map<string, ScoreState>;
}
