import { z } from "zod";

export const GetKpiReturn = z.object({
  kpi: z.string(),
  endpoint: z.string(),
  /** A deployment; the newest one when it is left out. */
  deployment: z.coerce.number().int().positive().optional(),
  /** How long before and after it is compared. */
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
 * What a deployment brought: days after it less days before. Nobody drew by chance who got which version, so what else changed with the
 * calendar is in it; a rollout compares by chance.
 */
export const KpiReturn = z.object({
  kpi: z.string(),
  endpoint: z.string(),
  version: z.string(),
  deployedAt: z.date(),
  /** In which days begin. */
  timeZone: z.string(),
  before: Side,
  after: Side,
  /** Value a day, after less before; by Welch's t of whole days, 95%. Null with fewer than two days on a side. */
  gainPerDay: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** Over the days after it. */
  gain: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** What the days after it cost more; null where costs are not known. */
  extraCost: z.number().nullable(),
  /** (gain − extra cost) / extra cost; null where it costs no more or costs are not known. */
  returnOnInvestment: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** In sentences: what was found, what it rests on, and what it cannot say. */
  words: z.array(z.string()),
});
export type KpiReturn = z.infer<typeof KpiReturn>;
