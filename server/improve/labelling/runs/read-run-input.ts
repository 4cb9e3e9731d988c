import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { LabelConfig, LabelSettings, type LabelTaskKind, LabelValue } from "../contract.ts";
import { withinBytes } from "../tasks/within-bytes.ts";
import { findTrainingTasks } from "./find-training-tasks.ts";
import { maxRunAnswers, type RunInput } from "./run-input.ts";
import { valueKey } from "./value-similarity.ts";

const pageRows = 10_000;
/** Rows of a page whose values may be long, and bytes after which a page ends. */
const longRows = 2000;
const pageBytes = 16 * 2 ** 20;
/** Tasks with a label or an answer that a run reads. */
const maxTasks = 500_000;
/** Tasks whose row is looked for in training data, and characters of their rows. */
const maxShown = 100_000;
const maxShownLength = 50_000_000;
/** Characters of all distinct values: labels, which are read first, may take half of them. */
const maxValuesLength = 100_000_000;
/** Probabilities that a run reads. */
const maxProbabilities = 50_000_000;

/** What a run reads at most; tests lower it. */
interface RunLimits {
  tasks: number;
  answers: number;
  valuesLength: number;
}
const runLimits: RunLimits = { tasks: maxTasks, answers: maxRunAnswers, valuesLength: maxValuesLength };

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
  dataLength: z.number().nullable(),
});

/** A task as it is kept: what it shows and its probabilities only as far as they are used. */
interface ReadTask {
  id: number;
  label: number;
  isReviewed: boolean;
  probabilities: Float32Array | null;
}

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

/**
 * Reads the answers of a project that count, with the labels in effect, as columns: current answers to tasks that are not dropped. The caller
 * has checked permissions. Answers beyond 500,000, to tasks beyond 500,000, and those whose values no longer fit into memory are left out and
 * counted, the newest first.
 */
export async function readRunInput(
  ctx: Context,
  project: Project,
  store: Pick<ArtifactStore, "open" | "stat">,
  limits: RunLimits = runLimits,
): Promise<RunInput> {
  const names = classNames(project);
  const places = new Places(names, limits.valuesLength);
  const { tasks, shown, last } = await readTasks(ctx, project, places, { limits, classes: names.length });
  const taskAt = new Map(tasks.map(({ id }, at) => [id, at]));
  const isExcluded = await excludedPeople(ctx, project.id);
  const { answers, golds, leftOut } = await readAnswers(ctx, project, places, { limits, taskAt, last });
  const label = Int32Array.from(tasks, (task) => task.label);
  const rows = tasks.flatMap(({ probabilities }, at) => (probabilities ? [at] : []));
  const classes = [...places.classes.keys()];
  const probabilities = new Float32Array(rows.length * classes.length);
  for (const [row, at] of rows.entries()) probabilities.set(tasks[at]?.probabilities ?? [], row * classes.length);
  const probabilityRow = new Int32Array(tasks.length).fill(-1);
  for (const [row, at] of rows.entries()) probabilityRow[at] = row;
  const inTraining = await findTrainingTasks(ctx, shown, store);
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
  private readonly maxLength: number;
  private length = 0;

  constructor(classes: readonly string[], maxLength: number) {
    this.maxLength = maxLength;
    this.classes = new Map(classes.map((name, at) => [name, at]));
  }

  person(id: string): number {
    const at = this.people.get(id) ?? this.people.size;
    this.people.set(id, at);
    return at;
  }

  /** @returns −1 without a value, undefined for a new one with which the values would take more than a share of their room */
  value(value: LabelValue | null, share = 1): number | undefined {
    if (value === null) return -1;
    const key = valueKey(value);
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    if (this.length + key.length > this.maxLength * share) return undefined;
    this.length += key.length;
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

const rowsOfPage = ({ taskKind }: Project) =>
  taskKind === "class" || taskKind === "ordinal" || taskKind === "number" ? pageRows : longRows;

/**
 * Reads tasks with a label or an answer. What they show is read only where it may be in training data.
 * @returns `last`, the id after which tasks are left out; null if all were read
 */
async function readTasks(
  ctx: Context,
  project: Project,
  places: Places,
  { limits, classes }: { limits: RunLimits; classes: number },
) {
  const tasks: ReadTask[] = [];
  const shown: { taskId: number; modelVersionId: string | null; data: Record<string, unknown> }[] = [];
  let [shownLength, cells] = [0, 0];
  for (let after = 0; ; ) {
    const isShown = sql`task.probabilities is not null and consensus.id is not null and task.model_version_id is not null
          and ${shown.length < maxShown && shownLength < maxShownLength}::boolean and pg_column_size(task.data) < 4096`;
    const page = sql`
      select task.id::float8 as id, task.probabilities, consensus.value as label,
        coalesce(consensus.method = 'review', false) as "isReviewed", task.model_version_id::text as "modelVersionId",
        case when ${isShown} then octet_length(task.data::text) end as "dataLength", task.data
      from label_tasks as task
      left join label_consensus as consensus on consensus.task_id = task.id and consensus.superseded_at is null
      where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${project.id} and task.state <> 'dropped'
        and (task.answers > 0 or consensus.id is not null) and task.id > ${after}
      order by task.id limit ${rowsOfPage(project)}`;
    const size = sql`(coalesce(octet_length(probabilities::text), 0) + coalesce(octet_length(label::text), 0)
      + coalesce(least("dataLength", 65536), 0))`;
    const result = await ctx.db.execute(sql`
      select id, probabilities, label, "isReviewed", "modelVersionId", "dataLength",
        case when "dataLength" <= 65536 then data end as data
      from (${withinBytes(page, size, pageBytes)}) as cut order by id`);
    const rows = rowsOf(TaskRow, result);
    for (const { id, label, isReviewed, probabilities, ...row } of rows) {
      const place = places.value(label, 0.5);
      if (tasks.length >= limits.tasks || place === undefined) return { tasks, shown, last: after };
      after = id;
      const hasRoom = probabilities?.length === classes && cells + classes <= maxProbabilities;
      if (hasRoom) cells += classes;
      tasks.push({ id, label: place, isReviewed, probabilities: hasRoom ? Float32Array.from(probabilities) : null });
      if (!row.data || shown.length >= maxShown || shownLength >= maxShownLength) continue;
      shown.push({ taskId: id, modelVersionId: row.modelVersionId, data: row.data });
      shownLength += row.dataLength ?? 0;
    }
    if (rows.length === 0) return { tasks, shown, last: null };
  }
}

async function readAnswers(
  ctx: Context,
  project: Project,
  places: Places,
  { limits, taskAt, last }: { limits: RunLimits; taskAt: ReadonlyMap<number, number>; last: number | null },
) {
  const columns = {
    task: [] as number[],
    person: [] as number[],
    value: [] as number[],
    guideline: [] as number[],
    isBulk: [] as number[],
    spentMs: [] as number[],
  };
  const golds = { person: [] as number[], value: [] as number[], expected: [] as number[] };
  let leftOut = 0;
  for (let after = 0; ; ) {
    const page = sql`
      select answer.id::float8 as id, answer.task_id::float8 as "taskId", answer.person, answer.value, answer.guideline,
        answer.is_bulk as "isBulk", answer.spent_ms as "spentMs", answer.is_gold as "isGold", gold.value as expected, coalesce(answer.person = any(gold.made_by), false) as "isOwn"
      from label_answers as answer
      left join label_golds as gold on answer.is_gold and gold.task_id = answer.task_id
      where answer.workspace_id = ${ctx.actor.workspaceId} and answer.project_id = ${project.id} and answer.superseded_at is null
        and answer.id > ${after}
      order by answer.id limit ${rowsOfPage(project)}`;
    const size = sql`(coalesce(octet_length(value::text), 0) + coalesce(octet_length(expected::text), 0))`;
    const rows = rowsOf(AnswerRow, await ctx.db.execute(withinBytes(page, size, pageBytes)));
    for (const answer of rows) {
      const { taskId, isGold, expected, isOwn, person } = answer;
      const task = taskAt.get(taskId);
      // Nobody is measured by a gold item of their own making, nor by one that has been removed.
      if (isGold && (expected === null || isOwn)) continue;
      if (!isGold && task === undefined) {
        if (last !== null && taskId > last) leftOut += 1;
        continue;
      }
      const isFull = columns.task.length + golds.value.length >= limits.answers;
      const [value, wanted] = isFull ? [] : [places.value(answer.value), places.value(expected)];
      if (value === undefined || wanted === undefined) {
        leftOut += 1;
        continue;
      }
      if (isGold) {
        golds.person.push(places.person(person));
        golds.value.push(value);
        golds.expected.push(wanted);
        continue;
      }
      columns.task.push(task as number);
      columns.person.push(places.person(person));
      columns.value.push(value);
      columns.guideline.push(answer.guideline);
      columns.isBulk.push(Number(answer.isBulk));
      columns.spentMs.push(answer.spentMs ?? -1);
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length === 0) break;
  }
  return {
    leftOut,
    answers: {
      task: Int32Array.from(columns.task),
      person: Int32Array.from(columns.person),
      value: Int32Array.from(columns.value),
      guideline: Int32Array.from(columns.guideline),
      isBulk: Uint8Array.from(columns.isBulk),
      spentMs: Int32Array.from(columns.spentMs),
    },
    golds: {
      person: Int32Array.from(golds.person),
      value: Int32Array.from(golds.value),
      expected: Int32Array.from(golds.expected),
    },
  };
}

async function excludedPeople(ctx: Context, projectId: number): Promise<Set<string>> {
  const { rows } = await ctx.db.execute<{ person: string }>(sql`
    select person from label_annotators
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and excluded_at is not null`);
  return new Set(rows.map(({ person }) => person));
}
