import { z } from "zod";

const Name = z.string().trim().min(1, "Enter a name.").max(128);

/** Maximum number of days for which the prediction log retains requests. */
export const maxRetentionDays = 365;

/** Rules for logging an endpoint's requests in addition to the sampled share. */
export const CaptureRules = z.object({
  /** Logs low-confidence predictions, sampled or not; null disables this. */
  lowConfidence: z
    .object({
      /** Output with the probabilities; null takes the first that has some. */
      output: Name.nullable().default(null),
      /** Logged when the highest probability of a row is below this value. */
      below: z.number().gt(0, "Must be greater than 0.").max(1, "Must be at most 1."),
    })
    .nullable()
    .default(null),
  /** "digest" stores a SHA-256 digest instead of every input. */
  inputs: z.enum(["whole", "digest"]).default("whole"),
  /** Inputs of the model or its pipeline, columns included, that are stored only as a digest. */
  redact: z
    .array(Name)
    .max(200)
    .refine((names) => new Set(names).size === names.length, "Duplicate input name.")
    .default([]),
  /** Maximum number of tensor bytes stored per request, counted as the protocol sends them in binary. */
  maxBytes: z
    .number()
    .int()
    .min(0)
    .max(4 * 2 ** 20, "Must be at most 4\u00a0MiB.")
    .default(64 * 2 ** 10),
  retentionDays: z
    .number()
    .int()
    .min(1, "Must be at least 1 day.")
    .max(maxRetentionDays, `Must be at most ${maxRetentionDays} days.`)
    .default(30),
});
export type CaptureRules = z.infer<typeof CaptureRules>;

/** The complete capture settings of an endpoint. */
export const CaptureSettings = CaptureRules.extend({
  /** Share of successful requests stored, 0 to 1. Failed requests are always stored. */
  share: z.number().min(0, "Must be at least 0.").max(1, "Must be at most 1."),
});
export type CaptureSettings = z.infer<typeof CaptureSettings>;

const endpointId = z.uuid();

export const GetCapture = z.object({ endpointId });
export type GetCapture = z.input<typeof GetCapture>;

/** Replaces the complete settings. */
export const SetCapture = z.object({ endpointId, capture: CaptureSettings });
export type SetCapture = z.input<typeof SetCapture>;
