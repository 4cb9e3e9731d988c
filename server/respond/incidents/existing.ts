import { and, eq } from "drizzle-orm";
import { endpoints, runbooks, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

interface Named {
  endpointId?: string | null | undefined;
  teamId?: string | null | undefined;
  runbookId?: string | null | undefined;
}

/**
 * Returns which of these exist in the workspace; null for the others. They come from labels and annotations of alerts, which may name what
 * does not exist, or no longer does.
 */
export async function existing(ctx: Context, { endpointId, teamId, runbookId }: Named) {
  return {
    endpointId: await idOf(ctx, endpoints, endpointId),
    teamId: await idOf(ctx, teams, teamId),
    runbookId: await idOf(ctx, runbooks, runbookId),
  };
}

async function idOf(
  ctx: Context,
  table: typeof endpoints | typeof teams | typeof runbooks,
  id: string | null | undefined,
): Promise<string | null> {
  if (!id) return null;
  const isIt = and(eq(table.id, id), eq(table.workspaceId, ctx.actor.workspaceId));
  const [row] = await ctx.db.select({ id: table.id }).from(table).where(isIt);
  return row?.id ?? null;
}
