import { z } from "zod";
import { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { GateResult } from "../../objectives/contract.ts";

/** A change that is about to be made to an endpoint. */
export interface GatedChange {
  /** A deployment takes all traffic at once; a step of a rollout takes some, and is judged. */
  kind: "deployment" | "rollout";
  purpose: ChangePurpose;
}

export const CheckBudgetGate = z.object({
  endpointId: z.uuid(),
  change: z.object({ kind: z.enum(["deployment", "rollout"]), purpose: ChangePurpose.default("change") }),
});
export type CheckBudgetGate = z.input<typeof CheckBudgetGate>;

/** The answer, and what every SLO that may freeze the endpoint says. */
export const BudgetGate = GateResult.extend({
  /** What the plan of a change should heed although it may go on. */
  advice: z.string().nullable(),
  slos: z.array(GateResult.extend({ name: z.string() })),
});
export type BudgetGate = z.infer<typeof BudgetGate>;
