import type { PicturePart, PictureSummary } from "#server/serve/pipeline/picture-summary.ts";

/** Measurements of a text (docs/spec/drift.md section 9). */
export const textParts = ["characters", "words", "word-length", "non-ascii-share", "digit-share"] as const;
export type TextPart = (typeof textParts)[number];

/** Random projections of an embedding. */
export const projectionCount = 16;
/** Maximum number of elements of a row that are separate features; more are summarised as an embedding. */
export const maxElements = 64;
/** Width of an output up to which a row of floats may be the scores of classes. */
export const maxClasses = 1000;

/** Source of a feature's value in one row of a request or of a dataset. `width` counts the elements of a row. */
export type FeatureSource =
  /** Booleans have the levels "1" and "0" in any encoding; floats have the model's precision, so that 0.1 is one value. */
  | { from: "element"; tensor: string; index: number; width: number; isTruth?: boolean; precision?: "single" | "half" }
  /** A number from 0 on is a projection. */
  | { from: "embedding"; tensor: string; width: number; part: "norm" | "cosine" | number }
  | { from: "picture"; tensor: string; part: PicturePart }
  | { from: "text"; tensor: string; part: TextPart }
  /** The class with the highest score, by its label; of one score, whether it is 0.5 or more. */
  | { from: "class"; tensor: string; width: number }
  /** With two classes the score of the second, with one score that score, with more the highest. */
  | { from: "score"; tensor: string; width: number };

/** One monitored feature: an input as sent by clients, or a property of the output. */
export interface FeatureSpec {
  /** Unique in its version: "amount", "pixels[3]", "text.norm", "photo.brightness", "prediction", "score". */
  name: string;
  role: "input" | "output";
  /** As its type suggests; the profile in force decides. */
  kind: "numeric" | "categorical";
  source: FeatureSource;
}

/**
 * NaN and infinities are values; null and undefined are missing. A class that was not requested as an output is undefined, and is not
 * counted.
 */
export type FeatureValue = number | string | null | undefined;

type Element = number | bigint | string | boolean | null | undefined;

/** Elements row by row, from tensors, JSON or files. The datatype identifies FP16 bits. */
export interface GivenTensor {
  name: string;
  datatype?: string | undefined;
  data: ArrayLike<Element>;
}

/** Rows as received, with their outputs. */
export interface Given {
  rows: number;
  inputs: readonly GivenTensor[];
  outputs?: readonly GivenTensor[] | undefined;
  /** By input, one per row; undefined when images were not inspected. */
  pictures?: ReadonlyMap<string, readonly PictureSummary[]> | undefined;
}
