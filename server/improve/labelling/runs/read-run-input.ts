import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { LabelConfig, LabelSettings, type LabelTaskKind, LabelValue } from "../contract.ts";
import { findTrainingTasks } from "./find-training-tasks.ts";
import { maxRunAnswers, type RunInput } from "./run-input.ts";
import { valueKey } from "./value-similarity.ts";

const pageRows = 10_000;
/** Tasks with a label or an answer that a run reads. */
const maxTasks = 500_000;
/** Tasks whose row is looked for in training data. */
const maxShown = 100_000;

interface Project {
  id: number;
  taskKind: LabelTaskKind;
  config: unknown;
  settings: unknown;
}

const TaskRow = z.object({
  id: z.coerce.number(),
  probabilities: z.array(z.number()).nullable(),
  label: LabelValue.nullable(),
  isReviewed: z.boolean(),
  modelVersionId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
});
type TaskRow = z.infer<typeof TaskRow>;

const AnswerRow = z.object({
  id: z.coerce.number(),
  taskId: z.coerce.number(),
  person: z.string(),
  value: LabelValue.nullable(),
  guideline: z.number(),
  isBulk: z.boolean(),
  spentMs: z.number().nullable(),
  isGold: z.boolean(),
  expected: LabelValue.nullable(),
  isOwn: z.boolean(),
});
type AnswerRow = z.infer<typeof AnswerRow>;

/**
 * Reads the answers of a project that count, with the labels in effect, as columns: current answers to tasks that are not dropped. The caller
 * has checked permissions. Answers beyond 500,000 are left out and counted, the newest first.
 */
export async function readRunInput(
  ctx: Context,
  project: Project,
  store: Pick<ArtifactStore, "open" | "stat">,
): Promise<RunInput> {
  const names = classNames(project);
  const places = new Places(names);
  const tasks = await readTasks(ctx, project.id);
  const taskAt = new Map(tasks.map(({ id }, at) => [id, at]));
  const isExcluded = await excludedPeople(ctx, project.id);
  const { answers, golds, leftOut } = await readAnswers(ctx, project.id, taskAt, places);
  const label = Int32Array.from(tasks, (task) => places.value(task.label));
  const rows = tasks.flatMap(({ probabilities }, at) => (probabilities?.length === names.length ? [at] : []));
  const classes = [...places.classes.keys()];
  const probabilities = new Float32Array(rows.length * classes.length);
  for (const [row, at] of rows.entries()) probabilities.set(tasks[at]?.probabilities ?? [], row * classes.length);
  const probabilityRow = new Int32Array(tasks.length).fill(-1);
  for (const [row, at] of rows.entries()) probabilityRow[at] = row;
  const shown = tasks.flatMap(({ id, modelVersionId, data }) => (data ? [{ taskId: id, modelVersionId, data }] : []));
  const inTraining = await findTrainingTasks(ctx, shown.slice(0, maxShown), store);
  const people = [...places.people.keys()];
  return {
    kind: project.taskKind,
    classes,
    values: places.values,
    people,
    isExcluded: Uint8Array.from(people, (person) => Number(isExcluded.has(person))),
    taskIds: Float64Array.from(tasks, ({ id }) => id),
    label,
    isReviewed: Uint8Array.from(tasks, ({ isReviewed }) => Number(isReviewed)),
    isInTraining: Uint8Array.from(tasks, ({ id }) => Number(inTraining.has(id))),
    probabilityRow,
    probabilities,
    answers,
    golds,
    minGoldAccuracy: LabelSettings.parse(project.settings).minGoldAccuracy,
    leftOut,
  };
}

/** Places of values, people and classes, in the order in which they come. */
class Places {
  readonly values: LabelValue[] = [];
  readonly people = new Map<string, number>();
  readonly classes: Map<string, number>;
  private readonly keys = new Map<string, number>();

  constructor(classes: readonly string[]) {
    this.classes = new Map(classes.map((name, at) => [name, at]));
  }

  person(id: string): number {
    const at = this.people.get(id) ?? this.people.size;
    this.people.set(id, at);
    return at;
  }

  value(value: LabelValue | null): number {
    if (value === null) return -1;
    const key = valueKey(value);
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    // Answers of an import may say classes that the configuration does not have.
    for (const name of classesIn(value)) if (!this.classes.has(name)) this.classes.set(name, this.classes.size);
    this.keys.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

function classesIn(value: LabelValue): string[] {
  if (value.kind === "class") return [value.label];
  if (value.kind === "ordinal") return Array.from({ length: value.rating }, (_, at) => String(at + 1));
  return value.kind === "multilabel" ? value.labels : [];
}

function classNames({ taskKind, config }: Project): string[] {
  const [control] = LabelConfig.parse(config).controls;
  if (taskKind === "ordinal") return Array.from({ length: control?.max ?? 0 }, (_, at) => String(at + 1));
  return taskKind === "class" || taskKind === "multilabel" ? (control?.classes.map(({ name }) => name) ?? []) : [];
}

/** Reads tasks with a label or an answer. What they show is read only where it may be in training data. */
async function readTasks(ctx: Context, projectId: number): Promise<TaskRow[]> {
  const tasks: TaskRow[] = [];
  for (let after = 0; tasks.length < maxTasks; ) {
    const result = await ctx.db.execute(sql`
      select task.id::float8 as id, task.probabilities, consensus.value as label,
        coalesce(consensus.method = 'review', false) as "isReviewed", task.model_version_id::text as "modelVersionId",
        case when task.probabilities is not null and consensus.id is not null and task.model_version_id is not null
          and pg_column_size(task.data) < 4096 then task.data end as data
      from label_tasks as task
      left join label_consensus as consensus on consensus.task_id = task.id and consensus.superseded_at is null
      where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${projectId} and task.state <> 'dropped'
        and (task.answers > 0 or consensus.id is not null) and task.id > ${after}
      order by task.id limit ${pageRows}`);
    const page = rowsOf(TaskRow, result);
    for (const task of page) tasks.push(task);
    after = page.at(-1)?.id ?? after;
    if (page.length < pageRows) break;
  }
  return tasks;
}

async function readAnswers(ctx: Context, projectId: number, taskAt: ReadonlyMap<number, number>, places: Places) {
  const [rows, golds]: [AnswerRow[], AnswerRow[]] = [[], []];
  let leftOut = 0;
  for (let after = 0; ; ) {
    const result = await ctx.db.execute(sql`
      select answer.id::float8 as id, answer.task_id::float8 as "taskId", answer.person, answer.value, answer.guideline,
        answer.is_bulk as "isBulk", answer.spent_ms as "spentMs", answer.is_gold as "isGold", gold.value as expected, coalesce(answer.person = any(gold.made_by), false) as "isOwn"
      from label_answers as answer
      left join label_golds as gold on answer.is_gold and gold.task_id = answer.task_id
      where answer.workspace_id = ${ctx.actor.workspaceId} and answer.project_id = ${projectId} and answer.superseded_at is null
        and answer.id > ${after}
      order by answer.id limit ${pageRows}`);
    const page = rowsOf(AnswerRow, result);
    for (const answer of page) {
      if (answer.isGold) golds.push(answer);
      else if (!taskAt.has(answer.taskId)) continue;
      else if (rows.length < maxRunAnswers) rows.push(answer);
      else leftOut += 1;
    }
    after = page.at(-1)?.id ?? after;
    if (page.length < pageRows) break;
  }
  // Nobody is measured by a gold item of their own making, nor by one that has been removed.
  const measured = golds.filter(({ expected, isOwn }) => expected !== null && !isOwn);
  return {
    leftOut,
    answers: {
      task: Int32Array.from(rows, ({ taskId }) => taskAt.get(taskId) as number),
      person: Int32Array.from(rows, ({ person }) => places.person(person)),
      value: Int32Array.from(rows, ({ value }) => places.value(value)),
      guideline: Int32Array.from(rows, ({ guideline }) => guideline),
      isBulk: Uint8Array.from(rows, ({ isBulk }) => Number(isBulk)),
      spentMs: Int32Array.from(rows, ({ spentMs }) => spentMs ?? -1),
    },
    golds: {
      person: Int32Array.from(measured, ({ person }) => places.person(person)),
      value: Int32Array.from(measured, ({ value }) => places.value(value)),
      expected: Int32Array.from(measured, ({ expected }) => places.value(expected)),
    },
  };
}

async function excludedPeople(ctx: Context, projectId: number): Promise<Set<string>> {
  const { rows } = await ctx.db.execute<{ person: string }>(sql`
    select person from label_annotators
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and excluded_at is not null`);
  return new Set(rows.map(({ person }) => person));
}
