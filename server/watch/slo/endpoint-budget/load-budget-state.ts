import { and, eq, isNull } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { type StoredSlo, selectSlos } from "../../objectives/stored-slos.ts";
import { readSloBudget } from "../counting/read-slo-budget.ts";
import { budgetState, type Promised } from "./budget-state.ts";
import type { BudgetState } from "./contract.ts";
import { type PromiseKind, promiseName } from "./promise-names.ts";

/** Finds the SLO that is the endpoint's budget of a kind, unless it is archived. The caller has checked permissions. */
export async function findPromise(
  ctx: Context,
  endpoint: { id: string; name: string },
  kind: PromiseKind,
): Promise<StoredSlo | undefined> {
  const where = and(
    eq(slos.endpointId, endpoint.id),
    eq(slos.name, promiseName(endpoint, kind)),
    isNull(slos.archivedAt),
  );
  const [found] = await selectSlos(ctx, where);
  return found?.definition.indicator?.kind === kind ? found : undefined;
}

/**
 * Returns an endpoint's objectives from its two SLOs, and their remaining budgets. The caller has checked permissions. @throws
 * DomainError "not-found"
 */
export async function loadBudgetState(ctx: Context, endpointId: string): Promise<BudgetState> {
  const endpoint = await findEndpointById(ctx, endpointId);
  const availability = await readPromise(ctx, endpoint, "availability");
  const latency = await readPromise(ctx, endpoint, "latency");
  return budgetState(endpoint.name, { ...(availability && { availability }), ...(latency && { latency }) });
}

async function readPromise(
  ctx: Context,
  endpoint: { id: string; name: string },
  kind: PromiseKind,
): Promise<Promised | undefined> {
  const slo = await findPromise(ctx, endpoint, kind);
  return slo && { definition: slo.definition, reading: await readSloBudget(ctx, slo) };
}
