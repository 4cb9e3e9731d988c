import { sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf, prepared } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { LabelValue, TaskSource, TaskState } from "../contract.ts";
import { reviewReasons } from "../tasks/contract.ts";

const StoredVote = z.object({
  id: z.number(),
  person: z.string(),
  value: LabelValue.nullable(),
  isSurplus: z.boolean(),
  agreed: z.boolean().nullable(),
  guideline: z.number(),
  correct: z.number(),
  seen: z.number(),
  isExcluded: z.boolean(),
  shownPrediction: z.boolean(),
});

const Undecided = z.object({
  id: z.number(),
  item: z.string(),
  source: TaskSource,
  selection: z.enum(["audit", "chosen"]),
  state: TaskState,
  review: z.enum(reviewReasons).nullable(),
  least: z.number(),
  wanted: z.number(),
  probabilities: z.array(z.number()).nullable(),
  answers: z.array(StoredVote),
  consensus: z
    .object({ id: z.number(), value: LabelValue, method: z.string(), posterior: z.number().nullable() })
    .nullable(),
  correct: z.number(),
  seen: z.number(),
});
export type Undecided = z.infer<typeof Undecided>;

const statement = prepared(
  "label-undecided",
  sql`
    select task.id, task.item, task.source, task.selection, task.state, task.review, task.least, task.wanted, task.probabilities,
      coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', answer.id, 'person', answer.person, 'value', answer.value, 'isSurplus', answer.is_surplus,
          'agreed', answer.agreed, 'guideline', answer.guideline, 'shownPrediction', answer.shown_prediction,
          'correct', coalesce(annotator.agreed + annotator.gold_correct, 0),
          'seen', coalesce(annotator.compared + annotator.gold_seen, 0),
          'isExcluded', annotator.excluded_at is not null
        ) order by answer.id)
        from label_answers as answer
        left join label_annotators as annotator
          on annotator.project_id = answer.project_id and annotator.person = answer.person
        where answer.task_id = task.id and answer.superseded_at is null and not answer.is_gold
      ), '[]') as answers,
      (
        select jsonb_build_object('id', id, 'value', value, 'method', method, 'posterior', posterior)
        from label_consensus where task_id = task.id and superseded_at is null
      ) as consensus,
      (
        select coalesce(sum(agreed + gold_correct), 0) from label_annotators where project_id = ${sql.placeholder("projectId")}
      ) as correct,
      (
        select coalesce(sum(compared + gold_seen), 0) from label_annotators where project_id = ${sql.placeholder("projectId")}
      ) as seen
    from label_tasks as task
    where task.workspace_id = ${sql.placeholder("workspaceId")} and task.project_id = ${sql.placeholder("projectId")}
      and task.id = any(${sql.placeholder("taskIds")}::bigint[])
    order by task.id`,
);

/**
 * Loads tasks with their current answers, each with what is known of its annotator, for a decision. The caller has locked the tasks with a
 * statement before, so that no answer is missing.
 */
export async function loadUndecided(
  { actor, db }: Context,
  projectId: number,
  taskIds: readonly number[],
): Promise<Undecided[]> {
  const rows = await statement(db, { workspaceId: actor.workspaceId, projectId, taskIds: numbersOf(taskIds) });
  return rowsOf(Undecided, { rows });
}
