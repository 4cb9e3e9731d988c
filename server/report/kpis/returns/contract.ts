import { z } from "zod";

export const GetKpiReturn = z.object({
  kpi: z.string(),
  endpoint: z.string(),
  /** A deployment; the newest one when it is left out. */
  deployment: z.coerce.number().int().positive().optional(),
  /** Number of days before and after it to compare. */
  days: z.coerce.number().int().min(2).max(90).default(14),
});
export type GetKpiReturn = z.input<typeof GetKpiReturn>;

const Side = z.object({
  from: z.date(),
  to: z.date(),
  days: z.number().int(),
  events: z.number().int(),
  value: z.number(),
  valuePerDay: z.number().nullable(),
  costPerDay: z.number().nullable(),
});

/**
 * Effect of a deployment: days after it less days before. Versions were not assigned at random, so the difference includes everything
 * else that changed with the calendar; a rollout assigns at random.
 */
export const KpiReturn = z.object({
  kpi: z.string(),
  endpoint: z.string(),
  version: z.string(),
  deployedAt: z.date(),
  /** Time zone that determines the start of days. */
  timeZone: z.string(),
  before: Side,
  after: Side,
  /**
   * Difference of the value per day, after minus before; Welch's t interval over complete days, 95%. Null with fewer than two days on a
   * side.
   */
  gainPerDay: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** Over the days after it. */
  gain: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** Additional cost of the days after it; null where costs are not known. */
  extraCost: z.number().nullable(),
  /** (gain − extra cost) / extra cost; null where it costs no more or costs are not known. */
  returnOnInvestment: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** In sentences: what was found, what it rests on, and what it cannot say. */
  words: z.array(z.string()),
});
export type KpiReturn = z.infer<typeof KpiReturn>;
