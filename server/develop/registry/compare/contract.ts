import { z } from "zod";

/** One thing of two versions in words; null: that version does not have it, or it is not known. */
export const TextPair = z.object({ name: z.string(), a: z.string().nullable(), b: z.string().nullable() });
export type TextPair = z.infer<typeof TextPair>;

/** One number of two versions; null: that version does not have it, it is not known, or it is no number. */
export const NumberPair = z.object({ name: z.string(), a: z.number().nullable(), b: z.number().nullable() });
export type NumberPair = z.infer<typeof NumberPair>;

/** Two versions of a model side by side. Lists hold what is equal too, in the order of the names. */
export const VersionComparison = z.object({
  modelName: z.string(),
  a: z.number().int(),
  b: z.number().int(),
  /** Reasons why clients of a could not use b; empty when they can. Null while a signature is not known. */
  problems: z.array(z.string()).nullable(),
  /** Inputs and outputs: "FP32 [batch, 1, 8, 8]". */
  signature: z.array(TextPair),
  /** Operator sets by domain, the format's version, the program that wrote the file. */
  format: z.array(TextPair),
  /** Number of occurrences of each operator in the graph. */
  operators: z.array(NumberPair),
  parameterCount: NumberPair,
  sizeBytes: NumberPair,
  /** Description, source, tags, metadata of the file, required packages. */
  metadata: z.array(TextPair),
  /** Metrics of the runs or logged models that the versions were created from. */
  metrics: z.array(NumberPair),
  params: z.array(TextPair),
});
export type VersionComparison = z.infer<typeof VersionComparison>;

export const CompareVersions = z.object({ name: z.string(), a: z.number().int().min(1), b: z.number().int().min(1) });
export type CompareVersions = z.infer<typeof CompareVersions>;
