import { z } from "zod";
import { Change } from "#server/respond/changes/contract.ts";

export const GetBudgetHistory = z.object({
  /** Name or id. */
  slo: z.string().min(1).max(63),
});
export type GetBudgetHistory = z.input<typeof GetBudgetHistory>;

/** Remaining budget over the period, with concurrent events. Times in milliseconds since 1970 in points, dates elsewhere. */
export const BudgetHistory = z.object({
  from: z.number(),
  to: z.number(),
  /** End of a calendar's period; null of rolling ones. */
  periodEnd: z.number().nullable(),
  /**
   * Points of the curve, oldest first, at most 240. Each has the remaining budget at that time, for the period that ended or was in
   * progress then.
   */
  points: z.array(z.object({ at: z.number(), remaining: z.number().nullable(), errorRate: z.number().nullable() })),
  /** Deployments, rollouts and other changes, oldest first. */
  changes: z.array(Change),
  incidents: z.array(
    z.object({
      id: z.uuid(),
      number: z.number().int(),
      title: z.string(),
      severity: z.string(),
      from: z.date(),
      /** Null while ongoing. */
      to: z.date().nullable(),
      href: z.string(),
    }),
  ),
  /** Spans that do not count. */
  adjustments: z.array(z.object({ from: z.number(), to: z.number() })),
  /** Whether some counts come from histograms rather than from an exact counter. */
  isApproximate: z.boolean(),
});
export type BudgetHistory = z.infer<typeof BudgetHistory>;

const BudgetConsumer = z.object({
  id: z.string(),
  title: z.string(),
  href: z.string().nullable(),
  from: z.date().nullable(),
  to: z.date().nullable(),
  bad: z.number(),
  total: z.number(),
  /** Share of the complete budget that was spent: 0.2 is a fifth of it. */
  spent: z.number(),
});
export type BudgetConsumer = z.infer<typeof BudgetConsumer>;

/** Consumers of the period's budget, the largest first. The three lists overlap: a bad version is what caused the incident. */
export const BudgetConsumers = z.object({
  /** Share of the budget that is gone, all together; null without any traffic. */
  spent: z.number().nullable(),
  versions: z.array(BudgetConsumer),
  /** While a rollout ran: what its new version did. */
  rollouts: z.array(BudgetConsumer),
  incidents: z.array(BudgetConsumer),
  /** Consumers of more than a fifth: the policy requires a post-mortem (docs/spec/slo.md section 7). */
  needsPostMortem: z.array(z.string()),
});
export type BudgetConsumers = z.infer<typeof BudgetConsumers>;
