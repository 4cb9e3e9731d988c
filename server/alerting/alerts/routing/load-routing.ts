import { isDeepStrictEqual } from "node:util";
import { desc, eq } from "drizzle-orm";
import { alertRoutings } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { Routing } from "./contract.ts";
import { defaultRouting } from "./default-routing.ts";

export interface LoadedRouting {
  /** 0 for the default routing, until one is saved. */
  revision: number;
  routing: Routing;
  reason: string;
  changedBy: string;
  at: Date | null;
}

/** By workspace: the routing that was read last, and what its row says. */
const parsed = new Map<string, { stored: LoadedRouting; json: unknown }>();

/**
 * Returns the active routing of the workspace. The tree of a routing is cached with its object, so that the same revision is the same
 * object. A transaction that is undone may have read a revision that another one then stores with another routing, so rows are compared.
 */
export async function loadRouting(ctx: Context): Promise<LoadedRouting> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select()
    .from(alertRoutings)
    .where(eq(alertRoutings.workspaceId, workspaceId))
    .orderBy(desc(alertRoutings.revision))
    .limit(1);
  if (!row) return { revision: 0, routing: defaultRouting, reason: "", changedBy: "", at: null };
  const known = parsed.get(workspaceId);
  const isSame = known?.stored.revision === row.revision && known.stored.at?.getTime() === row.at.getTime();
  if (known && isSame && isDeepStrictEqual(known.json, row.routing)) return known.stored;
  const { revision, reason, changedBy, at } = row;
  const stored = { revision, reason, changedBy, at, routing: Routing.parse(row.routing) };
  parsed.set(workspaceId, { stored, json: row.routing });
  return stored;
}
