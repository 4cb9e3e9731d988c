import { z } from "zod";
import { Currency } from "../../../serve/prices/contract.ts";

/** Monthly spending limit. Applies to the workspace without an endpoint and a team. */
export const CostBudget = z.object({
  id: z.uuid(),
  endpointId: z.uuid().nullable(),
  teamId: z.uuid().nullable(),
  /** Name of the endpoint or team; null for the workspace. */
  name: z.string().nullable(),
  /** A month; 0 takes the budget away. */
  amount: z.number(),
  currency: z.string(),
  /** First month that it is for: "2026-05". */
  fromMonth: z.string(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
  /** Whether the budget is in effect in the current month. */
  isInForce: z.boolean(),
});
export type CostBudget = z.infer<typeof CostBudget>;

export const Month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "Enter a month such as 2026-05.");

export const SetCostBudget = z
  .object({
    endpointId: z.uuid().optional(),
    teamId: z.uuid().optional(),
    amount: z
      .number("Enter a number; 0 removes the budget.")
      .min(0, "A budget cannot be negative; 0 removes it.")
      .max(1e12, "A budget is at most 1,000,000,000,000."),
    /** That of the price book when left out. */
    currency: Currency.optional(),
    /** The present month when left out. */
    fromMonth: Month.optional(),
    reason: z.string("Enter a reason.").trim().min(1, "Enter a reason.").max(2000),
  })
  .refine(({ endpointId, teamId }) => !(endpointId && teamId), {
    error: "A budget applies to an endpoint, a team or the whole workspace.",
    path: ["teamId"],
  });
export type SetCostBudget = z.input<typeof SetCostBudget>;
