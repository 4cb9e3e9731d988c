import { and, eq, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { selectSlos } from "../../objectives/stored-slos.ts";
import { readSloBudget } from "../counting/read-slo-budget.ts";
import { frozenGate } from "../freezes/frozen-gate.ts";
import { findFreeze } from "../freezes/queries.ts";
import { approvalsNow } from "../objectives/load-slo.ts";
import { type BudgetGate, CheckBudgetGate, type GatedChange } from "./contract.ts";
import { decideGate, type GatingSlo } from "./decide-gate.ts";

/**
 * Checks whether a change to an endpoint may proceed, by the current remaining budgets (docs/spec/slo.md section 7) and any manual
 * freeze. @throws DomainError "not-found"
 */
export async function checkBudgetGate(ctx: Context, input: CheckBudgetGate): Promise<BudgetGate> {
  permit(ctx, "checkBudgetGate");
  const { endpointId, change } = CheckBudgetGate.parse(input);
  await findEndpointById(ctx, endpointId);
  return loadBudgetGate(ctx, endpointId, change);
}

/**
 * Checks the budget gate of an endpoint. The caller has checked permissions. Budgets are computed now rather than taken from the worker: a
 * stopped worker must not leave the gate open.
 */
export async function loadBudgetGate(ctx: Context, endpointId: string, change: GatedChange): Promise<BudgetGate> {
  const doesFreeze = sql`(${slos.definition} ->> 'freezes')::boolean`;
  const found = await selectSlos(ctx, and(eq(slos.endpointId, endpointId), isNull(slos.archivedAt), doesFreeze));
  const approvals = await approvalsNow(
    ctx,
    found.map(({ id }) => id),
  );
  const gating: GatingSlo[] = [];
  for (const slo of found) {
    const { remaining, bad } = await readSloBudget(ctx, slo);
    gating.push({ id: slo.id, name: slo.name, remaining, bad, approval: approvals.get(slo.id) });
  }
  const gate = decideGate(gating, change);
  const freeze = await findFreeze(ctx, endpointId);
  return freeze ? frozenGate(gate, freeze, change.purpose) : gate;
}
