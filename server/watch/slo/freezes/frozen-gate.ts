import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import type { BudgetGate } from "../budget-gate/contract.ts";
import type { EndpointFreeze } from "./contract.ts";

/** What goes on in spite of a freeze: what ends the trouble that it was made for. */
const mending: readonly ChangePurpose[] = ["fix", "security", "rollback"];

/** The answer of a gate where somebody froze the endpoint: whatever its budgets say, only what mends goes on. */
export function frozenGate(gate: BudgetGate, freeze: EndpointFreeze, purpose: ChangePurpose): BudgetGate {
  const why = describeFreeze(freeze);
  if (goesOn(purpose)) return { ...gate, advice: gate.advice ?? `${why} This change is allowed because it is a fix.` };
  return {
    ...gate,
    allow: false,
    reason: `${why} Until then, only rollbacks, fixes and security updates are allowed.`,
  };
}

/** Whether a change of this purpose goes on in spite of a freeze. */
export function goesOn(purpose: ChangePurpose): boolean {
  return mending.includes(purpose);
}

/** Who froze it, until when and why. */
export function describeFreeze({ frozenBy, until, reason }: EndpointFreeze): string {
  const end = `${until.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `${frozenBy} froze changes to this endpoint until ${end}: ${sentence(reason)}`;
}

function sentence(reason: string): string {
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}
