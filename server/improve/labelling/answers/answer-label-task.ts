import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { prepared } from "#db/prepared.ts";
import { labelAnswers, labelTasks } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Annotator, annotatorOf } from "../annotators/annotator-of.ts";
import { type OwnCounts, settleTasks } from "../consensus/settle-tasks.ts";
import { type LabelConfig, LabelValue, Region } from "../contract.ts";
import { recordGoldAnswer } from "../golds/record-gold-answer.ts";
import { loadGuideline } from "../guidelines/queries.ts";
import { findLiveLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { type LockedTask, lockTask } from "../tasks/lock-tasks.ts";
import { problemOfLabelValue } from "../values/problem-of-label-value.ts";
import { AnswerLabelTask, type TakenAnswer } from "./contract.ts";

type Values = ReturnType<typeof AnswerLabelTask.parse> & { isBulk?: boolean };

/**
 * Stores the answer of a person to a task, and decides the task anew. It is kept whatever became of the person's lease: as surplus where
 * every place is taken. The same answer again changes nothing; another one supersedes it. Answers to gold items count for the person and
 * not for the task, and only the first one counts. docs/spec/labelling.md section 3.3.
 * @throws DomainError "not-found", "invalid" for a value that does not fit the configuration or a version of the guidelines that is none;
 * "conflict" in an archived project, and for a person who is paused, unless they were given the task before
 */
export async function answerLabelTask(ctx: Context, input: AnswerLabelTask): Promise<TakenAnswer> {
  permit(ctx, "answerLabelTask");
  const values = AnswerLabelTask.parse(input);
  if ((values.value === null) !== values.cannotTell) {
    throw new DomainError("invalid", "An answer is either a value, or cannotTell.", { field: "value" });
  }
  const annotator = await annotatorOf(ctx);
  const project = await findLiveLabelProject(ctx, values.projectId);
  const config = await configOf(ctx, project, values.guideline);
  const taken = await transact(ctx, async (ctx) => {
    const task = await lockTask(ctx, project.id, values.taskId);
    if (values.value) requireFit(config, values.value, task);
    return store(ctx, { values, annotator, project, task });
  });
  announce(ctx, "labels", String(project.id));
  return taken;
}

/** Configuration of the guidelines that the person saw, so that an answer is read as it was meant. */
async function configOf(ctx: Context, project: LabelProjectRow, version = project.guideline): Promise<LabelConfig> {
  if (version === project.guideline) return project.config;
  return (await loadGuideline(ctx, project.id, version)).config;
}

/** @throws DomainError "invalid" */
export function requireFit(
  config: LabelConfig,
  value: NonNullable<Values["value"]>,
  task: Pick<LockedTask, "data">,
): void {
  const problem = problemOfLabelValue(config, value, task.data);
  if (problem !== undefined) throw new DomainError("invalid", problem, { field: "value" });
}

interface Given {
  values: Values;
  annotator: Annotator;
  project: LabelProjectRow;
  /** Held by the caller. */
  task: LockedTask;
  /** Where the caller decides the task afterwards: takes what the answer counts for its annotator. */
  own?: OwnCounts[];
}

/**
 * Stores an answer to a task of a group, unless the person has answered it already.
 * @returns whether it is new
 */
export async function storeAnswer(ctx: Context, given: Given): Promise<boolean> {
  const { annotator, task } = given;
  const isOfPerson = and(eq(labelAnswers.taskId, task.id), eq(labelAnswers.person, annotator.person));
  if ((await ctx.db.$count(labelAnswers, and(isOfPerson, isNull(labelAnswers.supersededAt)))) > 0) return false;
  await store(ctx, given);
  return true;
}

async function store(ctx: Context, { values, annotator, project, task, own }: Given): Promise<TakenAnswer> {
  const { person } = annotator;
  const before = await findState(ctx, project.id, task.id, person);
  const { current, gold } = before;
  if (current && before.lease === "place") {
    // An answer that was imported meanwhile has a place of its own.
    task.taken -= 1;
    await ctx.db.update(labelTasks).set({ taken: task.taken }).where(eq(labelTasks.id, task.id));
  }
  if (current && isSame(current, values)) return takenAgain(task, current, gold);
  if (current?.isGold) return takenAgain(task, current, gold);
  // What they were given before the pause counts; otherwise nothing is taken from them.
  if (before.isPaused && before.lease !== "place" && before.lease !== "extra") throw pausedHere();
  const isGold = gold !== null && !current && before.lease !== "place" && task.state !== "open";
  const place = placeOf(task, { lease: before.lease, current, isGold });
  const answerId = await write(ctx, { values, annotator, project, task, current, isGold, isSurplus: place.isSurplus });
  if (place.takes) {
    await ctx.db
      .update(labelTasks)
      .set({ taken: task.taken + 1 })
      .where(eq(labelTasks.id, task.id));
  }
  const counts = {
    ...annotator,
    answered: current ? 0 : 1,
    cannotTell: Number(values.cannotTell) - Number(current?.cannotTell ?? false),
  };
  if (gold && isGold) {
    const { isCorrect, paused } = await recordGoldAnswer(ctx, {
      project,
      task,
      answerId,
      value: values.value,
      gold,
      counts,
    });
    const { value: expected, explanation } = gold;
    return { answerId, isSurplus: false, state: task.state, gold: { isCorrect, expected, explanation }, paused };
  }
  if (own) {
    own.push(counts);
    return { answerId, isSurplus: place.isSurplus, state: task.state, gold: null, paused: null };
  }
  const [settled] = await settleTasks(ctx, project, { taskIds: [task.id], own: [counts] });
  return { answerId, isSurplus: place.isSurplus, state: settled?.state ?? task.state, gold: null, paused: null };
}

export const pausedHere = () => new DomainError("conflict", "You are paused in this project.");

const CurrentAnswer = z.object({
  id: z.number(),
  value: LabelValue.nullable(),
  cannotTell: z.boolean(),
  note: z.string(),
  result: z.array(Region).nullable(),
  isSurplus: z.boolean(),
  isGold: z.boolean(),
  agreed: z.boolean().nullable(),
});
type CurrentAnswer = z.infer<typeof CurrentAnswer>;

const State = z.object({
  lease: z.enum(["place", "extra", "skip"]).nullable(),
  current: CurrentAnswer.nullable(),
  gold: z.object({ value: LabelValue, explanation: z.string() }).nullable(),
  isPaused: z.boolean(),
});

const stateStatement = prepared(
  "label-answer-state",
  sql`
    with ended as (
      delete from label_leases where task_id = ${sql.placeholder("taskId")} and person = ${sql.placeholder("person")} returning kind
    )
    select (select kind from ended) as lease, (
      select jsonb_build_object(
        'id', id, 'value', value, 'cannotTell', cannot_tell, 'note', note, 'result', result, 'isSurplus', is_surplus,
        'isGold', is_gold, 'agreed', agreed
      )
      from label_answers
      where task_id = ${sql.placeholder("taskId")} and person = ${sql.placeholder("person")} and superseded_at is null
    ) as current, (
      select jsonb_build_object('value', value, 'explanation', explanation) from label_golds
      where task_id = ${sql.placeholder("taskId")} and is_enabled and not ${sql.placeholder("person")} = any(made_by)
    ) as gold, coalesce((
      select paused_at is not null from label_annotators
      where project_id = ${sql.placeholder("projectId")} and person = ${sql.placeholder("person")}
    ), false) as "isPaused"`,
);

/** What the person has to do with the task so far: ends their lease, whose place the answer takes. */
async function findState(
  ctx: Context,
  projectId: number,
  taskId: number,
  person: string,
): Promise<z.infer<typeof State>> {
  return rowOf(State, { rows: await stateStatement(ctx.db, { projectId, taskId, person }) });
}

function isSame(current: CurrentAnswer, { value, cannotTell, note, result }: Values): boolean {
  const of = (answer: object) => canonicalJson(answer);
  const before = { value: current.value, cannotTell: current.cannotTell, note: current.note, result: current.result };
  return of(before) === of({ value, cannotTell, note, result: result ?? null });
}

function takenAgain(
  { state }: LockedTask,
  { id, isSurplus, isGold, agreed }: CurrentAnswer,
  gold: Awaited<ReturnType<typeof findState>>["gold"],
): TakenAnswer {
  const shown =
    isGold && gold ? { isCorrect: agreed === true, expected: gold.value, explanation: gold.explanation } : null;
  return { answerId: id, isSurplus, state, gold: shown, paused: null };
}

/** Whether the answer takes a place that nobody holds, and whether there is none for it. */
function placeOf(
  task: LockedTask,
  { lease, current, isGold }: { lease: string | null; current: CurrentAnswer | null; isGold: boolean },
): { takes: boolean; isSurplus: boolean } {
  if (isGold) return { takes: false, isSurplus: false };
  // Its place goes from the answer before to this one.
  if (current) return { takes: false, isSurplus: current.isSurplus };
  if (lease === "place") return { takes: false, isSurplus: false };
  const isFree = lease !== "extra" && task.state === "open" && task.taken < task.wanted;
  return { takes: isFree, isSurplus: !isFree };
}

async function write(
  ctx: Context,
  {
    values,
    annotator,
    project,
    task,
    current,
    isGold,
    isSurplus,
  }: Given & {
    current: CurrentAnswer | null;
    isGold: boolean;
    isSurplus: boolean;
  },
): Promise<number> {
  if (current) {
    await ctx.db.update(labelAnswers).set({ supersededAt: sql`now()` }).where(eq(labelAnswers.id, current.id));
  }
  const [row] = await ctx.db
    .insert(labelAnswers)
    .values({
      workspaceId: ctx.actor.workspaceId,
      projectId: project.id,
      taskId: task.id,
      person: annotator.person,
      value: values.value,
      cannotTell: values.cannotTell,
      result: values.result ?? null,
      note: values.note,
      spentMs: values.spentMs ?? null,
      guideline: values.guideline ?? project.guideline,
      shownPrediction: values.shownPrediction,
      isBulk: values.isBulk ?? false,
      isSurplus,
      isGold,
      // What could be compared before is counted for its annotator; the next decision compares this answer.
      agreed: current?.agreed ?? null,
    })
    .returning({ id: labelAnswers.id });
  if (!row) throw new Error("The answer was not stored.");
  return row.id;
}
