import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { describeFreeze, goesOn } from "./frozen-gate.ts";
import { findFreeze } from "./queries.ts";

interface Change {
  endpointId: string;
  purpose: ChangePurpose;
  /** Whether the caller overrides the freeze under their own name. */
  overrides: boolean;
}

/** Rejects a change while the endpoint is frozen, even if its plan ignores error budgets. @throws DomainError "conflict" */
export async function refuseWhileFrozen(ctx: Context, { endpointId, purpose, overrides }: Change): Promise<void> {
  if (overrides || goesOn(purpose)) return;
  const freeze = await findFreeze(ctx, endpointId);
  if (!freeze) return;
  const what = 'Lift the freeze first, or set "overridesBudget"; your name and reason are recorded.';
  throw new DomainError("conflict", `${describeFreeze(freeze)} ${what}`);
}
