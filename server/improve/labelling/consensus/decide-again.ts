import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf } from "#db/prepared.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { enqueue, enqueueUnlessWaiting } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { changeProgress } from "../projects/change-progress.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import type { DecisionRound } from "../sources/progress.ts";
import { lockTasks } from "../tasks/lock-tasks.ts";
import { settleTasks } from "./settle-tasks.ts";

/** Tasks that are decided in one transaction: annotators wait for no more. */
const batch = 500;
/** After this time a round whose job failed is started again. */
const staleMs = hourMs;

/**
 * Notes, in the caller's transaction, that tasks are to be decided again, and enqueues the job that does it. A round of the same person, or another
 * one of the open tasks, ends with it. @param person whose tasks; null for the open tasks that someone has answered
 */
export async function requestDecisions(
  ctx: Context,
  projectId: number,
  { person, total }: { person: string | null; total: number },
): Promise<string> {
  const round: DecisionRound = {
    id: randomUUID(),
    person,
    total,
    done: 0,
    after: 0,
    requestedAt: new Date().toISOString(),
  };
  await changeProgress(ctx, projectId, ({ decisions = [] }) => ({
    decisions: [...decisions.filter((one) => one.person !== person), round],
  }));
  await enqueue(ctx, "decide-label-tasks", { projectId, roundId: round.id });
  return round.id;
}

/** Decides all tasks of a round again. What stopped in between goes on where it was, and a repeated call finds nothing to do. */
export async function decideAgain(ctx: Context, { projectId, roundId }: JobData["decide-label-tasks"]): Promise<void> {
  permit(ctx, "maintainTasks");
  while (await decideSome(ctx, projectId, roundId));
}

/** Enqueues rounds again whose job failed for good. */
export async function resumeDecisions(ctx: Context, projectId: number, now = Date.now()): Promise<void> {
  const { progress } = await findLabelProject(ctx, projectId);
  for (const { id: roundId, requestedAt } of progress?.decisions ?? []) {
    if (now - Date.parse(requestedAt) < staleMs) continue;
    await enqueueUnlessWaiting(ctx, "decide-label-tasks", { projectId, roundId }, { projectId, roundId });
  }
}

/** Decides the first tasks of a round whose request is stored, while the caller waits. What fails here, the job does. */
export async function decideFirst(ctx: Context, projectId: number, roundId: string): Promise<void> {
  try {
    await decideSome(ctx, projectId, roundId);
  } catch (cause) {
    log.warn("labels.decisions-left-to-job", { projectId, roundId, cause });
  }
}

/** Decides the next tasks of a round, in a transaction. @returns whether there may be more */
async function decideSome(ctx: Context, projectId: number, roundId: string): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    const round = project.progress?.decisions?.find(({ id }) => id === roundId);
    if (!round) return false;
    const taskIds = await tasksAfter(ctx, projectId, round);
    await lockTasks(ctx, projectId, taskIds);
    if (round.person === null) await wantFixed(ctx, project, taskIds);
    await settleTasks(ctx, project, { taskIds });
    const isEnd = taskIds.length < batch;
    const after = taskIds.at(-1) ?? round.after;
    await changeProgress(ctx, projectId, ({ decisions = [] }) => ({
      decisions: decisions.flatMap((one) => {
        // Another call may have been here at the same time.
        if (one.id !== roundId || one.after >= after) return one.id === roundId && isEnd ? [] : [one];
        return isEnd ? [] : [{ ...one, after, done: one.done + taskIds.length }];
      }),
    }));
    await publish(ctx, "labels", String(projectId));
    return !isEnd;
  });
}

async function tasksAfter(ctx: Context, projectId: number, { person, after }: DecisionRound): Promise<number[]> {
  const inProject = sql`workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId}`;
  const result = await ctx.db.execute(
    person === null
      ? sql`
        select id from label_tasks where ${inProject} and state = 'open' and answers > 0 and id > ${after}
        order by id limit ${batch}`
      : sql`
        select distinct task_id as id from label_answers
        where ${inProject} and person = ${person} and superseded_at is null and not is_gold and task_id > ${after}
        order by 1 limit ${batch}`,
  );
  return rowsOf(z.object({ id: z.number() }), result).map(({ id }) => id);
}

/** Where the project takes a fixed number of answers, so do tasks that were to take more for agreement to be measured; not second opinions. */
async function wantFixed(
  ctx: Context,
  { settings: { minAnswers, maxAnswers } }: LabelProjectRow,
  taskIds: readonly number[],
): Promise<void> {
  if (minAnswers !== maxAnswers) return;
  await ctx.db.execute(sql`
    update label_tasks set least = ${minAnswers}, wanted = greatest(${minAnswers}, taken)
    where id = any(${numbersOf(taskIds)}::bigint[]) and least <> ${minAnswers}
      and source not in ('second', 'suspected')`);
}
