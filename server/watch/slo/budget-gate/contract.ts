import { z } from "zod";
import { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { GateResult } from "../../objectives/contract.ts";

/** Change that is about to be applied to an endpoint. */
export interface GatedChange {
  /** A deployment receives all traffic at once; a step of a rollout receives some, and is evaluated. */
  kind: "deployment" | "rollout";
  purpose: ChangePurpose;
}

export const CheckBudgetGate = z.object({
  endpointId: z.uuid(),
  change: z.object({ kind: z.enum(["deployment", "rollout"]), purpose: ChangePurpose.default("change") }),
});
export type CheckBudgetGate = z.input<typeof CheckBudgetGate>;

/** Result for the endpoint, and for every SLO that may freeze it. */
export const BudgetGate = GateResult.extend({
  /** Advice for planning a change even if it may proceed. */
  advice: z.string().nullable(),
  slos: z.array(GateResult.extend({ name: z.string() })),
});
export type BudgetGate = z.infer<typeof BudgetGate>;
