import { z } from "zod";
import { IncidentSeverity } from "../contract.ts";

export const GetResponseMetrics = z.object({
  from: z.date(),
  to: z.date(),
  severity: IncidentSeverity.optional(),
  endpointId: z.uuid().optional(),
});
export type GetResponseMetrics = z.input<typeof GetResponseMetrics>;

/** Distribution of durations in milliseconds: skewed, so it has the median and p90 besides the mean. Null without any. */
export const Spread = z
  .object({ count: z.number().int(), mean: z.number(), median: z.number(), p90: z.number() })
  .nullable();
export type Spread = z.infer<typeof Spread>;

export const ResponseMetrics = z.object({
  /** Incidents that are resolved or closed: what the rest is about. */
  incidents: z.number().int(),
  /** Number of ongoing incidents, counted separately, since they would bias the means down. */
  open: z.number().int(),
  detect: Spread,
  acknowledge: Spread,
  /** From the start until the impact was over: MTTR. */
  restore: Spread,
  resolve: Spread,
  hypothesis: Spread,
  /** Share of incidents whose first signal was an alert; null without any. */
  detectedByMachine: z.number().nullable(),
  impactMinutes: z.number(),
  badEvents: z.number(),
  /** Null if no incident has data about affected customers. */
  customerMinutes: z.number().nullable(),
  changes: z.object({
    total: z.number().int(),
    /** Changes that were rolled back, or linked to an incident that started within 24 h; each once. */
    failed: z.number().int(),
    /** Those of them that were rolled back, as in reports. */
    rolledBack: z.number().int(),
    rate: z.number().nullable(),
  }),
  words: z.string(),
});
export type ResponseMetrics = z.infer<typeof ResponseMetrics>;

export const PageCounts = z.object({
  /** Alert groups that paged someone. */
  total: z.number().int(),
  /** Those of them to which somebody gave feedback, and those that were called actionable. */
  rated: z.number().int(),
  actionable: z.number().int(),
});
export type PageCounts = z.infer<typeof PageCounts>;
