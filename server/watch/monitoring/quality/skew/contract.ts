import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { Instant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";

/** Served inputs against the rows of a dataset that say what they should have been, for the same entity and time. */
export const SkewQuestion = z.object({
  endpointId: z.uuid(),
  dataset: z.object({
    name: z.string().max(limits.nameLength).min(1),
    digest: z.string().max(limits.nameLength).min(1),
  }),
  /** Input of the request, and column of the dataset, that name the same row. Without an input, the id of the request. */
  keyInput: z.string().max(limits.nameLength).nullable().default(null),
  keyColumn: z.string().max(limits.nameLength).min(1),
  /** Columns of inputs, by input name, where the column's name differs. */
  columns: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.nameLength)).default({}),
  from: Instant,
  to: Instant,
  absoluteTolerance: z.number().min(0).default(1e-6),
  relativeTolerance: z.number().min(0).default(1e-4),
  /** Served requests that are compared, the newest first. */
  maxRequests: z.number().int().min(1).max(50_000).default(5000),
});
export type SkewQuestion = z.input<typeof SkewQuestion>;

const Field = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const SkewedFeature = z.object({
  feature: z.string(),
  compared: z.number().int(),
  disagreeing: z.number().int(),
  share: z.number(),
  interval: z.object({ low: z.number(), high: z.number() }),
  /** The first ten rows that disagree. */
  examples: z.array(z.object({ key: z.string(), served: Field, recomputed: Field })),
});
export type SkewedFeature = z.infer<typeof SkewedFeature>;

export const SkewResult = z.object({
  served: z.number().int(),
  /** With a row in the dataset. */
  matched: z.number().int(),
  /** Worst first. */
  features: z.array(SkewedFeature),
  words: z.string(),
});
export type SkewResult = z.infer<typeof SkewResult>;
