import { and, asc, eq, sql } from "drizzle-orm";
import { labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { withoutHidden } from "../tasks/hidden-fields.ts";
import type { FirstInQueue } from "./contract.ts";

/**
 * Returns the task that comes next for someone who has answered none, with the factors of its place; null where nothing is open. For reviewers,
 * because the gain says how sure the model is. @throws DomainError "not-found"
 */
export async function getFirstInQueue(ctx: Context, projectId: number): Promise<FirstInQueue | null> {
  permit(ctx, "getFirstInQueue");
  const { settings } = await findLabelProject(ctx, projectId);
  const [row] = await ctx.db
    .select({
      id: labelTasks.id,
      projectId: labelTasks.projectId,
      item: labelTasks.item,
      data: labelTasks.data,
      source: labelTasks.source,
      reason: labelTasks.reason,
      factors: labelTasks.factors,
    })
    .from(labelTasks)
    .where(
      and(
        eq(labelTasks.workspaceId, ctx.actor.workspaceId),
        eq(labelTasks.projectId, projectId),
        // The condition of the index, word for word.
        sql`state = 'open' and taken < wanted`,
      ),
    )
    .orderBy(asc(labelTasks.rank), asc(labelTasks.id))
    .limit(1);
  return row ? { ...row, data: withoutHidden(row.data, settings.hiddenFields).data } : null;
}
