import { z } from "zod";

/** A version behind an endpoint over the last four weeks. Null means no value. */
export const VersionCost = z.object({
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  isCurrent: z.boolean(),
  spent: z.number(),
  answered: z.number(),
  perThousand: z.number().nullable(),
  /** Core- or GPU-milliseconds per row predicted by a run. */
  deviceMs: z.number().nullable(),
  /** p95 latency of sampled requests of the last seven days. */
  latencyMsP95: z.number().nullable(),
  labelled: z.number().int(),
  correctShare: z.number().nullable(),
  perThousandCorrect: z.number().nullable(),
  /** Source of the values of a version that has not served here, such as "a load test"; null for versions that have. */
  measuredBy: z.object({ quality: z.string().nullable(), latency: z.string().nullable() }).nullable(),
  /** Whether no other version is at least as good in cost, latency and correctness and better in one. */
  isOnFront: z.boolean(),
});
export type VersionCost = z.infer<typeof VersionCost>;

const whatIfKinds = ["batching", "cache", "replicas", "version", "cascade"] as const;

/** A hypothetical change, with its estimated savings based on measurements. A negative value costs more. */
export const WhatIf = z.object({
  kind: z.enum(whatIfKinds),
  words: z.string(),
  /** Share of the cost of runs, or of machines for replicas. */
  share: z.number(),
  perMonth: z.number().nullable(),
  basis: z.string(),
});
export type WhatIf = z.infer<typeof WhatIf>;

export const EndpointCosts = z.object({
  endpoint: z.string(),
  currency: z.string().nullable(),
  /** Time zone of the days. */
  timeZone: z.string(),
  /** Days that were counted, the last one in part. */
  days: z.number().int(),
  spent: z.number(),
  compute: z.number(),
  idle: z.number(),
  engine: z.number(),
  byDay: z.array(z.object({ day: z.string(), startsAt: z.date(), value: z.number() })),
  versions: z.array(VersionCost),
  scenarios: z.array(WhatIf),
});
export type EndpointCosts = z.infer<typeof EndpointCosts>;
