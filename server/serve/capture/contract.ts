import { z } from "zod";

const Name = z.string().trim().min(1, "Enter a name.").max(128);

/** What an endpoint keeps of its requests in the prediction log, beside the share that is sampled. */
export const CaptureRules = z.object({
  /** Keeps what the model was unsure of, sampled or not; null keeps none for that. */
  lowConfidence: z
    .object({
      /** Output with the probabilities; null takes the first that has some. */
      output: Name.nullable().default(null),
      /** Kept when the highest probability of a row is below it. */
      below: z.number().gt(0, "Must be greater than 0.").max(1, "Must be at most 1."),
    })
    .nullable()
    .default(null),
  /** "digest" keeps a SHA-256 digest in the place of every input. */
  inputs: z.enum(["whole", "digest"]).default("whole"),
  /** Inputs of the model or its pipeline, columns included, of which only a digest is kept. */
  redact: z
    .array(Name)
    .max(200)
    .refine((names) => new Set(names).size === names.length, "Duplicate input name.")
    .default([]),
  /** Most bytes of tensors kept of one request, counted as the protocol sends them in binary. */
  maxBytes: z
    .number()
    .int()
    .min(0)
    .max(4 * 2 ** 20, "Must be at most 4\u00a0MiB.")
    .default(64 * 2 ** 10),
  retentionDays: z.number().int().min(1, "Must be at least 1 day.").max(365, "Must be at most 365 days.").default(30),
});
export type CaptureRules = z.infer<typeof CaptureRules>;

/** All of what an endpoint keeps. */
export const CaptureSettings = CaptureRules.extend({
  /** Share of answered requests that is kept, 0 to 1. Failed ones always are. */
  share: z.number().min(0, "Must be at least 0.").max(1, "Must be at most 1."),
});
export type CaptureSettings = z.infer<typeof CaptureSettings>;

const endpointId = z.uuid();

export const GetCapture = z.object({ endpointId });
export type GetCapture = z.input<typeof GetCapture>;

/** Replaces the whole of it. */
export const SetCapture = z.object({ endpointId, capture: CaptureSettings });
export type SetCapture = z.input<typeof SetCapture>;
