import { and, eq, inArray } from "drizzle-orm";
import { rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";

/** Keeps an endpoint as it is while a version is rolled out to it. @throws DomainError "conflict" */
export async function refuseDuringRollout(ctx: Context, endpoint: { id: string; name: string }): Promise<void> {
  const [rollout] = await ctx.db
    .select({ id: rollouts.id })
    .from(rollouts)
    .where(
      and(
        ...[eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.endpointId, endpoint.id)],
        inArray(rollouts.phase, ["starting", "stepping", "watching"]),
      ),
    )
    .limit(1);
  if (!rollout) return;
  const why = `A version is being rolled out to "${endpoint.name}". Abort the rollout first, or wait for its end.`;
  throw new DomainError("conflict", why);
}
