import { and, eq, sql } from "drizzle-orm";
import { labelProjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { LabelProgress } from "../sources/progress.ts";

/**
 * Changes a part of a project's progress under the lock of the project, so that none of two changes at once is lost. It is the last thing that a
 * transaction locks.
 * @param change returns the parts that are written; others stay
 */
export async function changeProgress(
  ctx: Context,
  projectId: number,
  change: (progress: LabelProgress) => LabelProgress,
): Promise<void> {
  const isProject = and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, projectId));
  const [row] = await ctx.db
    .select({ progress: labelProjects.progress })
    .from(labelProjects)
    .where(isProject)
    .for("no key update");
  const changed = change(row?.progress ?? {});
  await ctx.db
    .update(labelProjects)
    .set({ progress: sql`coalesce(${labelProjects.progress}, '{}') || ${JSON.stringify(changed)}::jsonb` })
    .where(isProject);
}
