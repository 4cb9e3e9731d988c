import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import type { BudgetGate } from "../budget-gate/contract.ts";
import type { EndpointFreeze } from "./contract.ts";

/** Purposes that may proceed despite a freeze: changes that resolve its cause. */
const mending: readonly ChangePurpose[] = ["fix", "security", "rollback"];

/** Returns the gate result for a frozen endpoint: regardless of its budgets, only repairs may proceed. */
export function frozenGate(gate: BudgetGate, freeze: EndpointFreeze, purpose: ChangePurpose): BudgetGate {
  const why = describeFreeze(freeze);
  if (goesOn(purpose)) return { ...gate, advice: gate.advice ?? `${why} This change is allowed because it is a fix.` };
  return {
    ...gate,
    allow: false,
    reason: `${why} Until then, only rollbacks, fixes and security updates are allowed.`,
  };
}

/** Whether a change of this purpose may proceed despite a freeze. */
export function goesOn(purpose: ChangePurpose): boolean {
  return mending.includes(purpose);
}

/** Describes the user, end and reason of a freeze. */
export function describeFreeze({ frozenBy, until, reason }: EndpointFreeze): string {
  const end = `${until.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `${frozenBy} froze changes to this endpoint until ${end}: ${sentence(reason)}`;
}

function sentence(reason: string): string {
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}
