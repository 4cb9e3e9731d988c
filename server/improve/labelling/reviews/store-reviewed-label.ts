import { and, eq, isNull, sql } from "drizzle-orm";
import { labelConsensus, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { lockAnnotatorsOf } from "../annotators/lock-annotator.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import type { LabelValue } from "../contract.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";
import type { LockedTask } from "../tasks/lock-tasks.ts";

/** Makes what a reviewer decided the label of a task, which settles it, and compares its answers with it. The caller holds the task. */
export async function storeReviewedLabel(
  ctx: Context,
  project: LabelProjectRow,
  { task, value }: { task: LockedTask; value: LabelValue },
): Promise<void> {
  // What is measured by the task as a gold item changes other people's counters afterwards.
  await lockAnnotatorsOf(ctx, project.id, { taskIds: [task.id] });
  await ctx.db
    .update(labelConsensus)
    .set({ supersededAt: sql`now()` })
    .where(and(eq(labelConsensus.taskId, task.id), isNull(labelConsensus.supersededAt)));
  await ctx.db.insert(labelConsensus).values({
    workspaceId: ctx.actor.workspaceId,
    projectId: project.id,
    taskId: task.id,
    value,
    posterior: null,
    method: "review",
    people: task.answers,
    guideline: project.guideline,
  });
  await ctx.db
    .update(labelTasks)
    .set({ state: "settled", review: null, settledAt: sql`now()`, updatedAt: sql`now()` })
    .where(eq(labelTasks.id, task.id));
  const moved = [{ source: task.source, from: task.state, to: "settled" as const }];
  await settleTasks(ctx, project, { taskIds: [task.id], moved });
}
