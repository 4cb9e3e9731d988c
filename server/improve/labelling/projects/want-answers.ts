import { sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf } from "#db/prepared.ts";
import { type Context, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { announce } from "#server/platform/events/announce.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { enqueueUnlessWaiting } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import { findLabelProject, findLiveLabelProject } from "./find-label-project.ts";
import { updateLabelProject } from "./update-label-project.ts";

/** Tasks of one transaction: annotators wait for no more. */
const batch = 500;

/**
 * Sets how many people answer each task of a project, a fixed number. Tasks that wait for answers follow: the first at once, the others in a
 * job, in transactions that are short, because annotators get none of their tasks meanwhile.
 * @throws DomainError "not-found", "conflict" for an archived project
 */
export async function wantAnswers(
  ctx: Context,
  { projectId, answers }: { projectId: number; answers: number },
): Promise<void> {
  permit(ctx, "updateLabelProject");
  await findLiveLabelProject(ctx, projectId);
  await updateLabelProject(ctx, { projectId, settings: { minAnswers: answers, maxAnswers: answers } });
  const wanted = { projectId, answers };
  // Also where the settings said so before: the job of then may have failed for good.
  if ((await wantOfSome(ctx, wanted)) === batch) await enqueueUnlessWaiting(ctx, "want-label-answers", wanted, wanted);
}

/** Has all open tasks of a project want a number of answers, unless it wants another one by now. A repeated call goes on where one stopped. */
export async function wantAnswersOfAll(ctx: Context, wanted: JobData["want-label-answers"]): Promise<void> {
  permit(ctx, "maintainTasks");
  while ((await wantOfSome(ctx, wanted)) > 0);
}

const Waiting = z.object({ id: z.number(), answers: z.number() });

/** @returns the number of tasks that were changed */
async function wantOfSome(ctx: Context, { projectId, answers }: JobData["want-label-answers"]): Promise<number> {
  const changed = await transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    const { minAnswers, maxAnswers } = project.settings;
    if (minAnswers !== answers || maxAnswers !== answers) return 0;
    // In the order of ids, as every lock of tasks.
    const found = await ctx.db.execute(sql`
      select id, answers from label_tasks
      where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and state = 'open' and least <> ${answers}
      order by id limit ${batch} for no key update`);
    const tasks = rowsOf(Waiting, found);
    if (tasks.length === 0) return 0;
    await ctx.db.execute(sql`
      update label_tasks set least = ${answers}, wanted = greatest(${answers}, taken)
      where id = any(${numbersOf(tasks.map(({ id }) => id))}::bigint[])`);
    // What has enough answers by now is settled, since no further answer would do it.
    const answered = tasks.filter((task) => task.answers > 0).map(({ id }) => id);
    if (answered.length > 0) await settleTasks(ctx, project, { taskIds: answered });
    return tasks.length;
  });
  if (changed > 0) announce(ctx, "labels", String(projectId));
  return changed;
}
