import { eq } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns the workspace of the caller, as clients of other protocols name it. */
export async function currentWorkspace(ctx: Context): Promise<{ slug: string; name: string; createdAt: Date }> {
  const { slug, name, createdAt } = workspaces;
  const [found] = await ctx.db
    .select({ slug, name, createdAt })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.actor.workspaceId));
  if (!found) throw new Error("The caller has no workspace.");
  return found;
}
