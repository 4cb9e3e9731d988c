import { desc, eq } from "drizzle-orm";
import { alertRoutings } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { Routing, type RoutingRevision, type StoredRouting } from "./contract.ts";
import { inactiveReceivers } from "./inactive-receivers.ts";
import { loadRouting } from "./load-routing.ts";

/** Returns the active routing, and its receivers that notify no one. */
export async function getRouting(ctx: Context): Promise<StoredRouting> {
  permit(ctx, "getRouting");
  const stored = await loadRouting(ctx);
  return { ...stored, inactiveReceivers: await inactiveReceivers(ctx, stored.routing) };
}

/** Lists every saved routing, newest first, at most 50. */
export async function listRoutingRevisions(ctx: Context): Promise<RoutingRevision[]> {
  permit(ctx, "listRoutingRevisions");
  const rows = await ctx.db
    .select()
    .from(alertRoutings)
    .where(eq(alertRoutings.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(alertRoutings.revision))
    .limit(50);
  return rows.map(({ revision, routing, reason, changedBy, at }) => ({
    revision,
    reason,
    changedBy,
    at,
    routing: Routing.parse(routing),
  }));
}
