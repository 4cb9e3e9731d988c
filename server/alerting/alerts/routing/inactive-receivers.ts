import { and, eq, isNull } from "drizzle-orm";
import { channels, receivers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Routing } from "./contract.ts";
import { allRoutes } from "./walk-routes.ts";

/** Returns the names of receivers with at least one enabled channel. */
export async function reachableReceivers(ctx: Context): Promise<Set<string>> {
  const rows = await ctx.db
    .selectDistinct({ name: receivers.name })
    .from(receivers)
    .innerJoin(channels, eq(channels.receiverId, receivers.id))
    .where(
      and(eq(receivers.workspaceId, ctx.actor.workspaceId), isNull(receivers.archivedAt), isNull(channels.disabledAt)),
    );
  return new Set(rows.map(({ name }) => name));
}

/** Returns the receivers of routes that notify no one. */
export async function inactiveReceivers(ctx: Context, routing: Routing): Promise<string[]> {
  const reachable = await reachableReceivers(ctx);
  return [...new Set(allRoutes(routing).map(({ receiver }) => receiver))].filter((name) => !reachable.has(name));
}
