import { and, eq, isNull } from "drizzle-orm";
import { receivers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadRouting } from "../routing/load-routing.ts";
import { allRoutes } from "../routing/walk-routes.ts";
import { printConfig } from "./print-config.ts";

/** Returns the active routing as an Alertmanager configuration file, and the names of all receivers, sorted. */
export async function describeRouting(ctx: Context): Promise<{ config: string; receivers: string[] }> {
  permit(ctx, "describeRouting");
  const { routing } = await loadRouting(ctx);
  const ofWorkspace = and(eq(receivers.workspaceId, ctx.actor.workspaceId), isNull(receivers.archivedAt));
  const rows = await ctx.db.select({ name: receivers.name }).from(receivers).where(ofWorkspace);
  const saved = rows.map(({ name }) => name);
  const names = new Set([...saved, ...allRoutes(routing).map(({ receiver }) => receiver)]);
  return { config: printConfig(routing, saved), receivers: [...names].sort() };
}
