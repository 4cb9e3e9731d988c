import { and, eq } from "drizzle-orm";
import { endpoints, registeredModels, retrainingCycles, retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** A cycle with what its policy is about. */
export type FoundCycle = typeof retrainingCycles.$inferSelect & {
  modelId: string;
  model: string;
  endpointId: string;
  endpoint: string;
  /** User who owns the policy. */
  ownerId: string | null;
};

/** Finds a cycle of this workspace; undefined if there is none. */
export async function findCycle(ctx: Context, id: string): Promise<FoundCycle | undefined> {
  const [found] = await select(ctx, id);
  return found && toCycle(found);
}

/** The same, locked against every other step and person until the transaction ends. */
export async function lockCycle(ctx: Context, id: string): Promise<FoundCycle | undefined> {
  const [found] = await select(ctx, id).for("update", { of: retrainingCycles });
  return found && toCycle(found);
}

/** Changes columns of a cycle. The caller holds it. */
export async function updateCycle(
  ctx: Context,
  id: string,
  change: Partial<typeof retrainingCycles.$inferInsert>,
): Promise<void> {
  await ctx.db
    .update(retrainingCycles)
    .set(change)
    .where(and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), eq(retrainingCycles.id, id)));
}

const select = (ctx: Context, id: string) =>
  ctx.db
    .select({
      cycle: retrainingCycles,
      policy: {
        modelId: retrainingPolicies.modelId,
        endpointId: retrainingPolicies.endpointId,
        ownerId: retrainingPolicies.ownerId,
      },
      model: registeredModels.name,
      endpoint: endpoints.name,
    })
    .from(retrainingCycles)
    .innerJoin(retrainingPolicies, eq(retrainingPolicies.id, retrainingCycles.policyId))
    .innerJoin(registeredModels, eq(registeredModels.id, retrainingPolicies.modelId))
    .innerJoin(endpoints, eq(endpoints.id, retrainingPolicies.endpointId))
    .where(and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), eq(retrainingCycles.id, id)))
    .$dynamic();

const toCycle = ({ cycle, policy, ...names }: Awaited<ReturnType<typeof select>>[number]): FoundCycle => ({
  ...cycle,
  ...policy,
  ...names,
});
