import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { labelAnnotators } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { decideFirst, requestDecisions } from "../consensus/decide-again.ts";
import { decideTask } from "../consensus/decide-task.ts";
import { keepMergedLabel } from "../consensus/keep-merged-label.ts";
import { loadUndecided } from "../consensus/load-undecided.ts";
import { decisionInputOf } from "../consensus/settle-tasks.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { type ExclusionEffect, OfAnnotator, SetAnnotatorExclusion } from "./contract.ts";
import { noAnnotator } from "./queries.ts";

/** Tasks of which the answers are in memory at a time. */
const batch = 500;
/** Tasks from which a preview ends. */
const maxPreviewed = 5_000;

/**
 * Leaves the answers of a person out of every label, or counts them again. Their tasks are decided again: the first at once, the others in a job.
 * The answers stay, and so does what reviewers decided. @throws DomainError "not-found"
 */
export async function setAnnotatorExclusion(ctx: Context, input: SetAnnotatorExclusion): Promise<void> {
  permit(ctx, "setAnnotatorExclusion");
  const { projectId, person, isExcluded, reason } = SetAnnotatorExclusion.parse(input);
  const project = await findLabelProject(ctx, projectId);
  const roundId = await transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .update(labelAnnotators)
      .set({ excludedAt: isExcluded ? sql`coalesce(excluded_at, now())` : null })
      .where(and(eq(labelAnnotators.projectId, projectId), eq(labelAnnotators.person, person)))
      .returning({ name: labelAnnotators.name, answered: labelAnnotators.answered });
    if (!row) throw noAnnotator();
    await record(ctx, isExcluded ? "label-annotator.excluded" : "label-annotator.included", {
      subject: `label-project/${project.name}`,
      after: { person, name: row.name },
      reason,
    });
    return requestDecisions(ctx, projectId, { person, total: row.answered });
  });
  await decideFirst(ctx, projectId, roundId);
}

/**
 * Computes how many labels would change if a person's answers did not count, or counted again, over the first tasks that they answered: a page waits for it.
 * @throws DomainError "not-found"
 */
export async function previewAnnotatorExclusion(
  ctx: Context,
  input: OfAnnotator,
  limit = maxPreviewed,
): Promise<ExclusionEffect> {
  permit(ctx, "previewAnnotatorExclusion");
  const { projectId, person } = OfAnnotator.parse(input);
  const project = await findLabelProject(ctx, projectId);
  const effect = { tasks: 0, isComplete: true, changed: 0, open: 0 };
  for await (const taskIds of tasksOf(ctx, { projectId, person })) {
    if (effect.tasks >= limit) return { ...effect, isComplete: false };
    for (const task of await loadUndecided(ctx, projectId, taskIds)) {
      effect.tasks += 1;
      if (!task.consensus || task.consensus.method === "review") continue;
      const answers = task.answers.map((answer) =>
        answer.person === person ? { ...answer, isExcluded: !answer.isExcluded } : answer,
      );
      const decision = decideTask(decisionInputOf({ ...task, answers }, project));
      const label = keepMergedLabel(decision, task.consensus);
      if (decision.verdict !== "settled") effect.open += 1;
      else if (canonicalJson(label) !== canonicalJson(task.consensus.value)) effect.changed += 1;
    }
  }
  return effect;
}

/** The tasks that a person has answered, in steps, in the order of their ids. */
async function* tasksOf(
  ctx: Context,
  { projectId, person }: { projectId: number; person: string },
): AsyncGenerator<number[]> {
  for (let after = 0; ; ) {
    const result = await ctx.db.execute(sql`
      select distinct task_id as id from label_answers
      where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and person = ${person}
        and superseded_at is null and not is_gold and task_id > ${after}
      order by 1 limit ${batch}`);
    const ids = rowsOf(z.object({ id: z.number() }), result).map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) return;
    yield ids;
    after = last;
  }
}
