import { z } from "zod";

/**
 * Objectives of an endpoint over a rolling period. Null means no objective. A view of two SLOs, named after the endpoint:
 * `digits-availability` and `digits-latency`.
 */
const EndpointBudget = z.object({
  /** Share of requests that get a response without a server error, such as 0.995. */
  availability: z.number().min(0.5).max(0.99999).nullable().default(null),
  /** Share of responses within a time. */
  latency: z
    .object({ withinMs: z.number().min(0.1).max(600_000), share: z.number().min(0.5).max(0.99999) })
    .nullable()
    .default(null),
  days: z.number().int().min(1).max(90).default(28),
});

/** Consumed = bad / ((1 − target) × total); where nothing remains, the budget is exhausted. Null without traffic. */
const Spent = z.object({ target: z.number(), total: z.number(), bad: z.number(), remaining: z.number().nullable() });

/** EndpointBudget including later edits to its SLOs. */
const PromisedBudget = z.object({
  availability: z.number().nullable(),
  latency: z.object({ withinMs: z.number(), share: z.number() }).nullable(),
  days: z.number(),
});

export const BudgetState = z.object({
  budget: PromisedBudget,
  availability: Spent.nullable(),
  latency: Spent.nullable(),
  isExhausted: z.boolean(),
  /** In a sentence for people. */
  words: z.string(),
});
export type BudgetState = z.infer<typeof BudgetState>;

export const SetBudget = z.object({
  endpointId: z.uuid(),
  budget: EndpointBudget,
  reason: z.string().trim().max(2000).default(""),
});
export type SetBudget = z.input<typeof SetBudget>;
