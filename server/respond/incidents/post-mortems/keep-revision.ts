import { postMortemRevisions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Keeps how a post-mortem read at one revision. */
export async function keepRevision(
  ctx: Context,
  { incidentId, revision, body }: { incidentId: string; revision: number; body: string },
): Promise<void> {
  const { workspaceId, name: changedBy } = ctx.actor;
  await ctx.db.insert(postMortemRevisions).values({ workspaceId, incidentId, revision, body, changedBy });
}
