import { postMortemRevisions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Stores the text of a post-mortem at one revision. */
export async function keepRevision(
  ctx: Context,
  { incidentId, revision, body }: { incidentId: string; revision: number; body: string },
): Promise<void> {
  const { workspaceId, name: changedBy } = ctx.actor;
  await ctx.db.insert(postMortemRevisions).values({ workspaceId, incidentId, revision, body, changedBy });
}
