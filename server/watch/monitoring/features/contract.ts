import type { PicturePart, PictureSummary } from "#server/serve/pipeline/picture-summary.ts";

/** What is measured of a text (docs/spec/drift.md section 9). */
export const textParts = ["characters", "words", "word-length", "non-ascii-share", "digit-share"] as const;
export type TextPart = (typeof textParts)[number];

/** Random projections of an embedding. */
export const projectionCount = 16;
/** Elements of a row up to which each is a feature of its own; more are summed up as an embedding. */
export const maxElements = 64;
/** Width of an output up to which a row of floats may be the scores of classes. */
export const maxClasses = 1000;

/** Where the value of a feature comes from in one row of a request or of a data set. `width` counts the elements of a row. */
export type FeatureSource =
  /** Of truth values the levels are "1" and "0", however they came; floats have the precision that the model takes, so that 0.1 is one value. */
  | { from: "element"; tensor: string; index: number; width: number; isTruth?: boolean; precision?: "single" | "half" }
  /** A number from 0 on is a projection. */
  | { from: "embedding"; tensor: string; width: number; part: "norm" | "cosine" | number }
  | { from: "picture"; tensor: string; part: PicturePart }
  | { from: "text"; tensor: string; part: TextPart }
  /** The class with the highest score, by its label; of one score, whether it is 0.5 or more. */
  | { from: "class"; tensor: string; width: number }
  /** Of two classes the score of the second, of one score itself, of more the highest. */
  | { from: "score"; tensor: string; width: number };

/** One thing that is watched: an input as clients send it, or something of the answer. */
export interface FeatureSpec {
  /** Unique in its version: "amount", "pixels[3]", "text.norm", "photo.brightness", "prediction", "score". */
  name: string;
  role: "input" | "output";
  /** As its type suggests; the profile in force decides. */
  kind: "numeric" | "categorical";
  source: FeatureSource;
}

/** NaN and infinities are values; null and undefined are missing. A class that the answer was not asked for is undefined, and counts nowhere. */
export type FeatureValue = number | string | null | undefined;

type Element = number | bigint | string | boolean | null | undefined;

/** Elements row by row, as tensors have them or as JSON and files bring them. Bits of FP16 are told by the datatype. */
export interface GivenTensor {
  name: string;
  datatype?: string | undefined;
  data: ArrayLike<Element>;
}

/** Rows as they came and what was answered. */
export interface Given {
  rows: number;
  inputs: readonly GivenTensor[];
  outputs?: readonly GivenTensor[] | undefined;
  /** By input, one a row; undefined where pictures were not looked at. */
  pictures?: ReadonlyMap<string, readonly PictureSummary[]> | undefined;
}
