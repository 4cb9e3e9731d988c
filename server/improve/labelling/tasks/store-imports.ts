import { sql } from "drizzle-orm";
import { z } from "zod";
import { labelPredictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type CountMove, countMoves } from "../consensus/count-moves.ts";
import { type OwnCounts, settleTasks } from "../consensus/settle-tasks.ts";
import type { LabelValue } from "../contract.ts";
import { storeImportedGolds } from "../golds/store-imported-golds.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";
import { problemOfLabelValue } from "../values/problem-of-label-value.ts";
import type { AddTasks } from "./contract.ts";
import { lockTasks } from "./lock-tasks.ts";

type ImportedTask = ReturnType<typeof AddTasks.parse>["tasks"][number] & {
  id: number;
  isNew: boolean;
  /** Label of a new task that becomes a gold item: the value of one of its answers. */
  gold?: LabelValue | undefined;
};

const StoredImport = z.object({ taskId: z.number(), person: z.string(), cannotTell: z.boolean() });

/** Rows of one statement. */
const batch = 5_000;

/**
 * Stores the answers and predictions that come with tasks, and decides the tasks. An answer takes the place of its annotator while there
 * is one, and is surplus otherwise. A person's answer to a task that they have answered already is left out; so are predictions of tasks
 * that were known, which would be doubled.
 * @param moved how adding the tasks changes their numbers @throws DomainError "invalid" for a value that does not fit the configuration
 */
export async function storeImports(
  ctx: Context,
  project: LabelProjectRow,
  { tasks, moved }: { tasks: readonly ImportedTask[]; moved: readonly CountMove[] },
): Promise<void> {
  await storeImportedPredictions(
    ctx,
    project.id,
    tasks.filter(({ isNew }) => isNew),
  );
  const answered = tasks.filter(({ answers }) => answers.length > 0);
  if (answered.length === 0) return countMoves(ctx, project.id, moved);
  for (const { item, data, answers } of answered) {
    for (const { value, cannotTell } of answers) requireImportable(project, { item, data, value, cannotTell });
  }
  const ids = answered.map(({ id }) => id);
  await lockTasks(ctx, project.id, ids);
  const stored = await insertAnswers(ctx, project, answered);
  const changed = [...new Set(stored.map(({ taskId }) => taskId))];
  await takePlaces(ctx, changed);
  const golds = answered.flatMap(({ id, gold, answers }) =>
    gold ? [{ taskId: id, value: gold, people: answers.length }] : [],
  );
  if (golds.length > 0) await storeImportedGolds(ctx, project, golds);
  await settleTasks(ctx, project, { taskIds: changed, own: countsOf(answered, stored), moved });
}

function requireImportable(
  project: LabelProjectRow,
  {
    item,
    data,
    value,
    cannotTell,
  }: Pick<ImportedTask, "item" | "data"> & Pick<ImportedTask["answers"][number], "value" | "cannotTell">,
): void {
  const problem =
    (value === null) === cannotTell
      ? value && problemOfLabelValue(project.config, value, data)
      : "An answer has no value.";
  if (problem) throw new DomainError("invalid", `"${item}": ${problem}`, { field: "tasks" });
}

async function insertAnswers(ctx: Context, project: LabelProjectRow, tasks: readonly ImportedTask[]) {
  const rows = tasks.flatMap(({ id, answers }) =>
    answers.map(({ person, value, cannotTell, result, note, spentMs, createdAt }) => ({
      taskId: id,
      person,
      value,
      cannotTell,
      result: result ?? null,
      note,
      spentMs: spentMs ?? null,
      createdAt: createdAt?.toISOString() ?? null,
    })),
  );
  const stored: z.infer<typeof StoredImport>[] = [];
  for (let at = 0; at < rows.length; at += batch) {
    const result = await ctx.db.execute(sql`
      insert into label_answers (
        workspace_id, project_id, task_id, person, value, cannot_tell, result, note, spent_ms, guideline, created_at
      )
      select ${ctx.actor.workspaceId}, ${project.id}, "taskId", person, value, "cannotTell", result, note, "spentMs",
        ${project.guideline}, coalesce("createdAt", now())
      from jsonb_to_recordset(${JSON.stringify(rows.slice(at, at + batch))}::jsonb) as answer (
        "taskId" bigint, person text, value jsonb, "cannotTell" boolean, result jsonb, note text, "spentMs" integer,
        "createdAt" timestamptz
      )
      on conflict (task_id, person) where superseded_at is null do nothing
      returning task_id as "taskId", person, cannot_tell as "cannotTell"`);
    stored.push(...rowsOf(StoredImport, result));
  }
  return stored;
}

/** Counts the places that stored answers take, in place of their annotators' leases. Those beyond the wanted number become surplus, the newest first. */
async function takePlaces(ctx: Context, taskIds: readonly number[]): Promise<void> {
  await ctx.db.execute(sql`
    delete from label_leases as lease using label_answers as answer
    where lease.task_id = any(${sql.param(taskIds)}::bigint[]) and lease.kind <> 'skip'
      and answer.task_id = lease.task_id and answer.person = lease.person and answer.superseded_at is null`);
  await ctx.db.execute(sql`
    with place as (
      select answer.id, answer.task_id,
        row_number() over (partition by answer.task_id order by answer.id)
          + (select count(*) from label_leases as lease where lease.task_id = answer.task_id and lease.kind = 'place')
          > task.wanted as is_beyond
      from label_answers as answer join label_tasks as task on task.id = answer.task_id
      where answer.task_id = any(${sql.param(taskIds)}::bigint[]) and answer.superseded_at is null
        and not answer.is_gold and not answer.is_surplus
    ), beyond as (
      update label_answers as answer set is_surplus = true from place where place.id = answer.id and place.is_beyond
    )
    update label_tasks as task
    set taken = places.number + (
      select count(*) from label_leases as lease where lease.task_id = task.id and lease.kind = 'place'
    )
    from (select task_id, count(*) filter (where not is_beyond) as number from place group by 1) as places
    where task.id = places.task_id`);
}

/** What the stored answers mean for the counters of their annotators. */
function countsOf(tasks: readonly ImportedTask[], stored: readonly z.infer<typeof StoredImport>[]): OwnCounts[] {
  const names = new Map(
    tasks.flatMap(({ answers }) => answers.map(({ person, name }) => [person, name ?? person] as const)),
  );
  const counts = new Map<string, OwnCounts>();
  for (const { person, cannotTell } of stored) {
    const before = counts.get(person) ?? { person, name: names.get(person) ?? person, answered: 0, cannotTell: 0 };
    counts.set(person, {
      ...before,
      answered: before.answered + 1,
      cannotTell: before.cannotTell + Number(cannotTell),
    });
  }
  return [...counts.values()];
}

async function storeImportedPredictions(
  ctx: Context,
  projectId: number,
  tasks: readonly ImportedTask[],
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const rows = tasks.flatMap(({ id: taskId, predictions }) =>
    predictions.map(({ result, score, modelVersion }) => ({
      workspaceId,
      projectId,
      taskId,
      result,
      score,
      modelVersion,
    })),
  );
  for (let at = 0; at < rows.length; at += batch) {
    await ctx.db.insert(labelPredictions).values(rows.slice(at, at + batch));
  }
}
