import { z } from "zod";

const defaultBytes = 64 * 2 ** 20;

/** Cache and coalescing settings of an endpoint, for each gateway process separately. */
export const CacheSettings = z.object({
  /** Seconds for which a cached prediction may be returned; null disables the cache. */
  ttlSeconds: z
    .number()
    .int()
    .min(1, "Must be at least 1 second.")
    .max(2_592_000, "Must be at most 30 days.")
    .nullable()
    .default(null),
  /** Maximum number of bytes of cached outputs; beyond it, the least recently used are evicted. */
  maxBytes: z
    .number()
    .int()
    .min(1024, "Must be at least 1,024 bytes.")
    .max(8 * 2 ** 30)
    .default(defaultBytes),
  /** Whether identical concurrent requests run once. */
  coalesces: z.boolean().default(false),
});
export type CacheSettings = z.infer<typeof CacheSettings>;

const endpointId = z.uuid();

export const GetCache = z.object({ endpointId });
export type GetCache = z.input<typeof GetCache>;

/** Replaces the complete settings. */
export const SetCache = z.object({ endpointId, cache: CacheSettings });
export type SetCache = z.input<typeof SetCache>;
