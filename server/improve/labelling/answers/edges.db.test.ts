import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import {
  answerWith,
  findLabellingViolations,
  newLabelProject,
  newTasks,
} from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { setAnnotatorPause } from "../annotators/set-annotator-pause.ts";
import { updateLabelProject } from "../projects/update-label-project.ts";
import { wantAnswers, wantAnswersOfAll } from "../projects/want-answers.ts";
import { nextLabelTask } from "../queue/next-label-task.ts";
import { skipLabelTask } from "../queue/skip-label-task.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { getLabelTask, listLabelTasks } from "../tasks/queries.ts";
import { changeAnswer } from "./change-answer.ts";
import { listOwnAnswers } from "./queries.ts";
import { undoAnswer } from "./undo-answer.ts";

const intact = { kind: "class" as const, label: "intact" };
const two = { settings: { minAnswers: 2, maxAnswers: 2 } };

/** Stores an answer as an import does. */
const importAnswer = (ctx: Context, projectId: number, person: string) =>
  addTasks(ctx, { projectId, tasks: [{ item: "a", data: {}, answers: [{ person, value: intact }] }] });

test(
  "keeps one place for a person whose answer is imported while they hold the task",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, two);
    const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
    expect((await nextLabelTask(ctx, { projectId })).task?.id).toBe(taskId);
    await importAnswer(ctx, projectId, ctx.actor.id);
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ taken: 1, answers: 1 });
    await answerWith(ctx, { projectId, taskId }, "damaged");
    expect(await getLabelTask(ctx, taskId)).toMatchObject({ taken: 1, answers: 1, state: "open" });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    expect((await nextLabelTask(await newMember(ctx), { projectId })).task?.id).toBe(taskId);
  }),
);

test(
  "gives a lease back that an earlier release left beside an answer",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, two);
    const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
    await answerWith(ctx, { projectId, taskId }, "intact");
    await ctx.db.execute(sql`
      insert into label_leases (workspace_id, project_id, task_id, person, expires_at)
      values (${ctx.actor.workspaceId}, ${projectId}, ${taskId}, ${ctx.actor.id}, now() + interval '1 hour')`);
    await ctx.db.execute(sql`update label_tasks set taken = 2 where id = ${taskId}`);
    await answerWith(ctx, { projectId, taskId }, "intact");
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "settles what has enough answers once fewer are wanted, and repeats without a change",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 3, maxAnswers: 3 } });
    const ids = await newTasks(ctx, projectId, ["agreed", "disputed", "one", "none"]);
    const [agreed = 0, disputed = 0, one = 0] = ids;
    const other = await newMember(ctx);
    for (const taskId of [agreed, disputed, one]) await answerWith(ctx, { projectId, taskId }, "intact");
    await answerWith(other, { projectId, taskId: agreed }, "intact");
    await answerWith(other, { projectId, taskId: disputed }, "damaged");
    await wantAnswers(ctx, { projectId, answers: 2 });
    const states = async () =>
      (await listLabelTasks(ctx, { projectId })).tasks.map(({ state, wanted }) => [state, wanted]);
    const after = [
      ["settled", 2],
      ["review", 2],
      ["open", 2],
      ["open", 2],
    ];
    expect(await states()).toEqual(after);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    await wantAnswersOfAll(ctx, { projectId, answers: 2 });
    // A job of an earlier change does nothing.
    await wantAnswersOfAll(ctx, { projectId, answers: 5 });
    expect(await states()).toEqual(after);
  }),
);

test(
  "settles what one person labelled once one label is enough, or less certainty",
  inWorkspace(async (ctx) => {
    const byDefault = { minAnswers: 1, maxAnswers: 5 };
    const projectId = await newLabelProject(ctx, { settings: byDefault });
    const ids = await newTasks(ctx, projectId, [{ item: "a", data: {}, least: 2 }, "b", "c"]);
    for (const taskId of ids.slice(0, 2)) await answerWith(ctx, { projectId, taskId }, "intact");
    const states = async () => (await listLabelTasks(ctx, { projectId })).tasks.map(({ state }) => state);
    // By what a newcomer is taken to know, 85 %.
    expect(await states()).toEqual(["open", "open", "open"]);
    await updateLabelProject(ctx, { projectId, settings: { stop: 0.8 } });
    expect(await states()).toEqual(["open", "settled", "open"]);
    await updateLabelProject(ctx, { projectId, settings: { maxAnswers: 1 } });
    expect(await states()).toEqual(["settled", "settled", "open"]);
    await wantAnswersOfAll(ctx, { projectId, answers: 1 });
    expect(await answerWith(ctx, { projectId, taskId: ids[2] ?? 0 }, "intact")).toMatchObject({ state: "settled" });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "lets all open tasks of a large project want as many, in transactions of some",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    await newTasks(
      ctx,
      projectId,
      Array.from({ length: 1_200 }, (_, at) => `item ${at}`),
    );
    await wantAnswers(ctx, { projectId, answers: 3 });
    const wanting = async () =>
      (await ctx.db.execute(sql`select from label_tasks where project_id = ${projectId} and wanted = 3`)).rows.length;
    // The request holds no more than one part; the job goes on.
    expect(await wanting()).toBe(500);
    const jobs = async () => {
      const { rows } = await ctx.db.execute(sql`
        select data->'answers' as answers from pgboss.job
        where name = 'want-label-answers' and data @> ${JSON.stringify({ projectId })}::jsonb`);
      return rows;
    };
    expect(await jobs()).toEqual([{ answers: 3 }]);
    // The job failed for good: asking for the same number goes on.
    await ctx.db.execute(sql`
      delete from pgboss.job where name = 'want-label-answers' and data @> ${JSON.stringify({ projectId })}::jsonb`);
    await wantAnswers(ctx, { projectId, answers: 3 });
    expect(await wanting()).toBe(1_000);
    expect(await jobs()).toEqual([{ answers: 3 }]);
    await wantAnswersOfAll(ctx, { projectId, answers: 3 });
    expect(await wanting()).toBe(1_200);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "takes from a paused person only what they were given before, and from nobody in an archived project",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [first = 0, second = 0, third = 0] = await newTasks(ctx, projectId, ["a", "b", "c"]);
    const person = await newMember(ctx);
    const { answerId } = await answerWith(person, { projectId, taskId: third }, "intact");
    expect((await nextLabelTask(person, { projectId })).task?.id).toBe(first);
    await setAnnotatorPause(ctx, { projectId, person: person.actor.id, isPaused: true, reason: "talk first" });
    const paused = { code: "conflict", message: "You are paused in this project." };
    await expect(answerWith(person, { projectId, taskId: second }, "intact")).rejects.toMatchObject(paused);
    await expect(answerWith(person, { projectId, taskId: third }, "damaged")).rejects.toMatchObject(paused);
    await expect(undoAnswer(person, { projectId, taskId: third })).rejects.toMatchObject(paused);
    const change = { answerId, value: { kind: "class" as const, label: "damaged" }, cannotTell: false, result: null };
    await expect(changeAnswer(person, change)).rejects.toMatchObject(paused);
    expect(await answerWith(person, { projectId, taskId: first }, "intact")).toMatchObject({ state: "settled" });
    await updateLabelProject(ctx, { projectId, state: "archived" });
    await expect(answerWith(ctx, { projectId, taskId: second }, "intact")).rejects.toMatchObject({ code: "conflict" });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "takes back an answer whose task was skipped afterwards",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [taskId = 0] = await newTasks(ctx, projectId, ["a"]);
    await answerWith(ctx, { projectId, taskId }, "intact");
    await skipLabelTask(ctx, { projectId, taskId });
    expect(await undoAnswer(ctx, { projectId, taskId })).toMatchObject({ task: { id: taskId } });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "lists own answers by time page by page, imported ones too, each once",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const ids = await newTasks(ctx, projectId, ["new 1", "new 2"]);
    for (const taskId of ids) await answerWith(ctx, { projectId, taskId }, "intact");
    const old = (day: number) => ({
      item: `old ${day}`,
      data: {},
      answers: [{ person: ctx.actor.id, value: intact, createdAt: new Date(Date.UTC(2020, 0, day)) }],
    });
    await addTasks(ctx, { projectId, tasks: [old(3), old(1), old(2)] });
    const listed: string[] = [];
    for (let before: number | undefined; ; ) {
      const { answers, next } = await listOwnAnswers(ctx, { projectId, limit: 1, ...(before && { before }) });
      listed.push(...answers.map(({ item }) => item));
      if (next === null || listed.length > 9) break;
      before = next;
    }
    expect(listed).toEqual(["new 2", "new 1", "old 3", "old 2", "old 1"]);
  }),
);

test(
  "finds answers, labels and predictions of a task, and predictions of a project, by index",
  inWorkspace(async (ctx) => {
    await ctx.db.execute(sql`set local enable_seqscan = off`);
    const plan = async (query: ReturnType<typeof sql>) =>
      JSON.stringify((await ctx.db.execute(sql`explain ${query}`)).rows);
    expect(await plan(sql`select from label_answers where task_id = 1`)).toContain("label_answers_task");
    expect(await plan(sql`select from label_consensus where task_id = 1`)).toContain("label_consensus_task");
    const ofProject = sql`select from label_predictions where project_id = 1`;
    expect(await plan(ofProject)).toContain("label_predictions_project");
  }),
);

test(
  "lets a model vote on chosen tasks and not on those of the audit, which measure it",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { modelVotes: true } });
    const task = (item: string) => ({ item, data: {}, probabilities: [0.1, 0.9] });
    const audit = { ...task("audit"), source: "audit" as const };
    const [chosenId = 0, auditId = 0] = await newTasks(ctx, projectId, [task("chosen"), audit]);
    for (const taskId of [chosenId, auditId]) await answerWith(ctx, { projectId, taskId }, "damaged");
    const posterior = async (taskId: number) => (await getLabelTask(ctx, taskId)).posterior;
    expect(await posterior(auditId)).toBeCloseTo(0.85, 10);
    expect(await posterior(chosenId)).toBeGreaterThan(0.9);
  }),
);
