import { and, eq } from "drizzle-orm";
import { retrainingCycles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findPolicy } from "../policies/policy-rows.ts";
import type { CycleKey } from "./contract.ts";

export type CycleRow = typeof retrainingCycles.$inferSelect;

/** Finds a cycle by its model's name and its number, ended or not. @throws DomainError "not-found" */
export async function findCycle(ctx: Context, { model, number }: CycleKey): Promise<CycleRow> {
  const policy = await findPolicy(ctx, model);
  const [cycle] = await selectCycles(ctx, policy.id, number);
  if (!cycle) throw noCycle(number);
  return cycle;
}

/**
 * Finds a cycle that is open and locks it until the transaction ends, so that the steps of workers and what people decide follow one another.
 * @throws DomainError "not-found"; "conflict" where it has ended
 */
export async function lockOpenCycle(ctx: Context, { model, number }: CycleKey): Promise<CycleRow> {
  const policy = await findPolicy(ctx, model);
  const [cycle] = await selectCycles(ctx, policy.id, number).for("update");
  if (!cycle) throw noCycle(number);
  if (cycle.endedAt) throw new DomainError("conflict", `Cycle ${number} has ended: ${cycle.state}.`);
  return cycle;
}

/** Changes columns of a cycle. The caller holds it. */
export async function changeCycle(
  ctx: Context,
  id: string,
  change: Partial<Pick<CycleRow, "approval" | "cancelRequest">>,
): Promise<void> {
  await ctx.db
    .update(retrainingCycles)
    .set(change)
    .where(and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), eq(retrainingCycles.id, id)));
}

function selectCycles(ctx: Context, policyId: string, number: number) {
  return ctx.db
    .select()
    .from(retrainingCycles)
    .where(
      and(
        eq(retrainingCycles.workspaceId, ctx.actor.workspaceId),
        eq(retrainingCycles.policyId, policyId),
        eq(retrainingCycles.number, number),
      ),
    )
    .$dynamic();
}

const noCycle = (number: number) =>
  new DomainError("not-found", `Cycle ${number} not found. See the list of the policy.`);
