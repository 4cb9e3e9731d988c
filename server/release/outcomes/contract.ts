import { z } from "zod";

/** A version that reached all traffic of an endpoint, or was rolled back. */
export const ReleaseOutcome = z.object({
  kind: z.enum(["released", "rolled-back"]),
  model: z.string(),
  version: z.number().int(),
  /** "full traffic", "errors rose 4.1×". */
  words: z.string(),
  /** For the sentence; null of what was not a rollout. */
  rollout: z.object({ isByItself: z.boolean(), lastedMs: z.number(), affectedWords: z.string() }).nullable(),
  at: z.number(),
  href: z.string(),
});
export type ReleaseOutcome = z.infer<typeof ReleaseOutcome>;
