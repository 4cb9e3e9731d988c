import { z } from "zod";
import { limits } from "#server/base/limits.ts";

/** One number of a version's output: an element of one output's row, such as the probability of a class. */
export const Target = z.object({ output: z.string().max(limits.nameLength), element: z.number().int().min(0) });
export type Target = z.infer<typeof Target>;

const OcclusionSettings = z.object({
  method: z.literal("occlusion"),
  /** Side of the hidden patch, and distance from one to the next, in pixels; by default a seventh of the picture, and half of that. */
  patch: z.number().int().min(1).max(4096).optional(),
  stride: z.number().int().min(1).max(4096).optional(),
  /** Replacement for the hidden part. */
  baseline: z.enum(["mean", "blur"]).default("mean"),
});

/** Source of the rows that represent "not known": recorded requests, a dataset, the means of either, or zeros. */
export const BackgroundChoice = z.discriminatedUnion("from", [
  z.object({ from: z.literal("recorded"), as: z.enum(["rows", "mean"]).default("rows") }),
  z.object({
    from: z.literal("dataset"),
    dataset: z.string().max(limits.nameLength).min(1),
    as: z.enum(["rows", "mean"]).default("rows"),
  }),
  z.object({ from: z.literal("zero") }),
]);
export type BackgroundChoice = z.infer<typeof BackgroundChoice>;

const ShapleySettings = z.object({
  method: z.literal("shapley"),
  background: BackgroundChoice,
  /** Pairs of orders to sample, where there are too many features for all coalitions. */
  pairs: z.number().int().min(8).max(1000).default(64),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
});
export const ExplanationSettings = z.discriminatedUnion("method", [OcclusionSettings, ShapleySettings]);
export type ExplanationSettings = z.infer<typeof ExplanationSettings>;

/** Grey values or numbers over a picture, row by row. */
const Grid = z.object({ width: z.number().int(), height: z.number().int(), values: z.array(z.number()) });

export const OcclusionResult = z.object({
  method: z.literal("occlusion"),
  input: z.string(),
  /** The picture, 0 to 255, scaled down if it is large. */
  picture: Grid,
  /** Decrease of the output when a patch is hidden: a positive value means that it supports the prediction. In the output's unit. */
  heat: Grid,
  patch: z.number().int(),
  stride: z.number().int(),
  baseline: z.enum(["mean", "blur"]),
  /** In pixels of the model's picture; the strongest first, for each sign. */
  strongest: z.array(
    z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number(), fall: z.number() }),
  ),
});
export type OcclusionResult = z.infer<typeof OcclusionResult>;

export const ShapleyResult = z.object({
  method: z.literal("shapley"),
  features: z.array(
    z.object({
      name: z.string(),
      given: z.union([z.number(), z.string(), z.boolean()]),
      /** Contribution to the prediction, beyond the mean prediction for the background. */
      value: z.number(),
      /** Standard error of the estimate; zero when it is exact. */
      standardError: z.number(),
    }),
  ),
  isExact: z.boolean(),
  /** Mean output for the background. */
  base: z.number(),
  /** Sum of the values − (output − base): zero except for rounding. */
  gap: z.number(),
  background: z.object({ rows: z.number().int(), source: z.string() }),
  /** Number of pairs of a sampled estimate. */
  pairs: z.number().int().nullable(),
  seed: z.number().int().nullable(),
});
export type ShapleyResult = z.infer<typeof ShapleyResult>;

/** Explanation of a version's prediction, computed from many runs; no gradients are needed. */
export const Explanation = z.object({
  target: Target,
  /** Label of the element, when the model names its classes. */
  label: z.string().nullable(),
  /** Prediction for the complete input. */
  answer: z.number(),
  /** Rows run on the version. */
  asked: z.number().int(),
  tookMs: z.number(),
  why: z.discriminatedUnion("method", [OcclusionResult, ShapleyResult]),
});
export type Explanation = z.infer<typeof Explanation>;
