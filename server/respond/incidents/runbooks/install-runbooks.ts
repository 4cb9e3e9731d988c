import { eq } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { readyMade } from "./ready-made/all.ts";

/**
 * Installs the ready-made runbooks when a workspace lists its runbooks for the first time; later edits and archiving are preserved.
 * Concurrent calls are safe.
 */
export async function installRunbooks(ctx: Context): Promise<void> {
  const { workspaceId } = ctx.actor;
  if ((await ctx.db.$count(runbooks, eq(runbooks.workspaceId, workspaceId))) > 0) return;
  await ctx.db
    .insert(runbooks)
    .values(readyMade.map((one) => ({ workspaceId, ...one, updatedBy: "Leeway" })))
    .onConflictDoNothing();
}
