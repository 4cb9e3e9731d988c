import { eq } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { readyMade } from "./ready-made/all.ts";

/**
 * Gives a workspace the ready-made runbooks when it looks for some for the first time; what it has changed or archived since stays so.
 * Safe for several at once.
 */
export async function installRunbooks(ctx: Context): Promise<void> {
  const { workspaceId } = ctx.actor;
  if ((await ctx.db.$count(runbooks, eq(runbooks.workspaceId, workspaceId))) > 0) return;
  await ctx.db
    .insert(runbooks)
    .values(readyMade.map((one) => ({ workspaceId, ...one, updatedBy: "Leeway" })))
    .onConflictDoNothing();
}
