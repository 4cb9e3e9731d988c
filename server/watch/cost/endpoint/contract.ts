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
  /** Core- or GPU-milliseconds for each answer by a run. */
  deviceMs: z.number().nullable(),
  /** Of sampled requests of the last seven days. */
  latencyMsP95: z.number().nullable(),
  labelled: z.number().int(),
  correctShare: z.number().nullable(),
  perThousandCorrect: z.number().nullable(),
  /** Of a version that never answered here: what its values are measured by, such as "a load test"; null of those that did. */
  measuredBy: z.object({ quality: z.string().nullable(), latency: z.string().nullable() }).nullable(),
  /** Whether no other version is as good in cost, latency and correctness and better in one. */
  isOnFront: z.boolean(),
});
export type VersionCost = z.infer<typeof VersionCost>;

const whatIfKinds = ["batching", "cache", "replicas", "version", "cascade"] as const;

/** A change that was not made, with what it would save by what was measured. Less than 0 costs more. */
export const WhatIf = z.object({
  kind: z.enum(whatIfKinds),
  words: z.string(),
  /** Of the time of runs, or of machines for replicas. */
  share: z.number(),
  perMonth: z.number().nullable(),
  basis: z.string(),
});
export type WhatIf = z.infer<typeof WhatIf>;

export const EndpointCosts = z.object({
  endpoint: z.string(),
  currency: z.string().nullable(),
  /** In which days begin. */
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
