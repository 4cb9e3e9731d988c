import { z } from "zod";

const defaultBytes = 64 * 2 ** 20;

/** How an endpoint answers requests that it has answered before, or is answering just now. For each gateway process by itself. */
export const CacheSettings = z.object({
  /** How long an answer may be given again; null keeps none. */
  ttlSeconds: z
    .number()
    .int()
    .min(1, "Must be at least 1 second.")
    .max(2_592_000, "Must be at most 30 days.")
    .nullable()
    .default(null),
  /** Bytes of outputs that are kept; beyond it, those that were not used for longest go. */
  maxBytes: z
    .number()
    .int()
    .min(1024, "Must be at least 1,024 bytes.")
    .max(8 * 2 ** 30)
    .default(defaultBytes),
  /** Whether identical requests that come at the same time run once. */
  coalesces: z.boolean().default(false),
});
export type CacheSettings = z.infer<typeof CacheSettings>;

const endpointId = z.uuid();

export const GetCache = z.object({ endpointId });
export type GetCache = z.input<typeof GetCache>;

/** Replaces the whole of it. */
export const SetCache = z.object({ endpointId, cache: CacheSettings });
export type SetCache = z.input<typeof SetCache>;
