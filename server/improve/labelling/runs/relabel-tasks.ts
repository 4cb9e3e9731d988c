import { and, eq, inArray, isNull } from "drizzle-orm";
import { labelConsensus, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { CountMove } from "../consensus/count-moves.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { lockTasks } from "../tasks/lock-tasks.ts";
import { RelabelTasks } from "./contract.ts";
import { findFinishedRun } from "./queries.ts";

/** Answers that a task can have at most. */
const maxAnswers = 20;

/**
 * Accepts suspected errors: their tasks are offered again in the queue "Looks wrong", to people who have not answered them, and need one more
 * answer at least. The prediction log keeps their label until they are settled anew. Tasks that are not settled, or that a reviewer decided, are
 * left as they are.
 * @throws DomainError "not-found", "conflict" for an archived project
 */
export async function relabelTasks(ctx: Context, input: RelabelTasks): Promise<{ reopened: number }> {
  permit(ctx, "relabelTasks");
  const { projectId, taskIds } = RelabelTasks.parse(input);
  return transact(ctx, async (ctx) => {
    const project = await findLiveLabelProject(ctx, projectId);
    const suspected = (await findFinishedRun(ctx, projectId))?.results.noise?.suspected ?? [];
    const scores = new Map(suspected.map(({ taskId, score }) => [taskId, score]));
    const locked = await lockTasks(ctx, projectId, taskIds);
    const reviewed = await reviewedOf(ctx, taskIds);
    const tasks = locked.filter(
      ({ id, state, answers }) => state === "settled" && answers < maxAnswers && !reviewed.has(id),
    );
    for (const { id, answers } of tasks) {
      // Its gain is the doubt about its label (docs/spec/labelling.md section 9.4).
      const rank = -Math.log(Math.max(1e-6, 1 - (scores.get(id) ?? 0)));
      await ctx.db
        .update(labelTasks)
        .set({ source: "suspected", least: answers + 1, rank, reason: "Suspected label error." })
        .where(and(eq(labelTasks.workspaceId, ctx.actor.workspaceId), eq(labelTasks.id, id)));
    }
    const moved = tasks.flatMap(({ source, state }): CountMove[] => [
      { source, from: state, to: null },
      { source: "suspected", from: null, to: state },
    ]);
    // Having too few answers now, they are open again.
    await settleTasks(ctx, project, { taskIds: tasks.map(({ id }) => id), moved });
    if (tasks.length > 0) {
      const after = { tasks: tasks.length };
      await record(ctx, "label-tasks.relabelled", { subject: `label-project/${project.name}`, after });
      await publish(ctx, "labels", String(projectId));
    }
    return { reopened: tasks.length };
  });
}

async function reviewedOf(ctx: Context, taskIds: readonly number[]): Promise<Set<number>> {
  const rows = await ctx.db
    .select({ taskId: labelConsensus.taskId })
    .from(labelConsensus)
    .where(
      and(
        eq(labelConsensus.workspaceId, ctx.actor.workspaceId),
        inArray(labelConsensus.taskId, [...taskIds]),
        isNull(labelConsensus.supersededAt),
        eq(labelConsensus.method, "review"),
      ),
    );
  return new Set(rows.map(({ taskId }) => taskId));
}
