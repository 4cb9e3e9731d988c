import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { endpointFreezes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { type EndpointFreeze, GetFreeze } from "./contract.ts";

/** Returns the active freeze of an endpoint; null if there is none. @throws DomainError "not-found" */
export async function getFreeze(ctx: Context, input: GetFreeze): Promise<EndpointFreeze | null> {
  permit(ctx, "getFreeze");
  const { endpointId } = GetFreeze.parse(input);
  await findEndpointById(ctx, endpointId);
  return (await findFreeze(ctx, endpointId)) ?? null;
}

/** Returns the same when the caller has checked permissions. If there are several freezes, returns the longest. */
export async function findFreeze(ctx: Context, endpointId: string): Promise<EndpointFreeze | undefined> {
  const [row] = await ctx.db
    .select()
    .from(endpointFreezes)
    .where(
      and(
        eq(endpointFreezes.workspaceId, ctx.actor.workspaceId),
        eq(endpointFreezes.endpointId, endpointId),
        isNull(endpointFreezes.liftedAt),
        gt(endpointFreezes.until, new Date()),
      ),
    )
    .orderBy(desc(endpointFreezes.until))
    .limit(1);
  if (!row) return undefined;
  const { id, reason, frozenBy, at, until } = row;
  return { id, endpointId, reason, frozenBy, at, until };
}
