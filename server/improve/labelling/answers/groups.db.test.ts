import { expect, test } from "vitest";
import {
  answerWith,
  findLabellingViolations,
  newLabelProject,
  newTasks,
} from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { getLabelAnnotator } from "../annotators/queries.ts";
import { setGold } from "../golds/set-gold.ts";
import { leaseLabelTask } from "../queue/lease-label-task.ts";
import { nextLabelTask } from "../queue/next-label-task.ts";
import { showLabelField } from "../queue/show-label-field.ts";
import { getLabelTask, listLabelTasks } from "../tasks/queries.ts";
import { answerLabelGroup } from "./answer-label-group.ts";
import { getLabelGroup } from "./group-queries.ts";
import { listOwnAnswers } from "./queries.ts";

const intact = { kind: "class" as const, label: "intact" };

test(
  "answers a group at once but for exceptions, once three single answers agree",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const tasks = Array.from({ length: 12 }, (_, at) => ({ item: `${at}`, data: {}, groupKey: "alike" }));
    const ids = await newTasks(ctx, projectId, tasks);
    const group = { projectId, groupKey: "alike" };
    const rest = ids.slice(3);
    const all = { ...group, taskIds: rest, exceptions: [rest[0] ?? 0], value: intact, spentMs: 9_000 };
    await expect(answerLabelGroup(ctx, all)).rejects.toMatchObject({ code: "conflict" });
    for (const taskId of ids.slice(0, 3)) await answerWith(ctx, { projectId, taskId }, "intact");
    expect(await getLabelGroup(ctx, group)).toMatchObject({ open: 9, waiting: 9, label: intact, singleAnswers: 3 });
    // Held ones are theirs to answer; others cannot.
    await nextLabelTask(ctx, { projectId });
    expect(await getLabelGroup(ctx, { ...group, limit: 2 })).toMatchObject({ waiting: 9, tasks: [{}, {}] });
    expect(await getLabelGroup(await newMember(ctx), group)).toMatchObject({ open: 9, waiting: 8 });
    expect(await getLabelGroup(await newMember(ctx), group)).toMatchObject({ label: null, singleAnswers: 3 });
    const otherLabel = { ...all, value: { kind: "class" as const, label: "damaged" } };
    await expect(answerLabelGroup(ctx, otherLabel)).rejects.toMatchObject({ code: "invalid", field: "value" });
    const { answered, passedOver } = await answerLabelGroup(ctx, all);
    expect(answered).toEqual(rest.slice(1));
    expect(passedOver).toEqual([]);
    expect((await getLabelTask(ctx, rest[1] ?? 0)).history).toMatchObject([{ isBulk: true, spentMs: 1125 }]);
    expect((await getLabelTask(ctx, rest[0] ?? 0)).history).toEqual([]);
    expect(await answerLabelGroup(ctx, all)).toEqual({ answered: [], passedOver: rest.slice(1) });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "refuses a group whose first answers disagree",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const ids = await newTasks(
      ctx,
      projectId,
      Array.from({ length: 5 }, (_, at) => ({ item: `${at}`, data: {}, groupKey: "alike" })),
    );
    for (const [at, label] of ["intact", "damaged", "intact"].entries()) {
      await answerWith(ctx, { projectId, taskId: ids[at] ?? 0 }, label);
    }
    const group = { projectId, groupKey: "alike" };
    await expect(answerLabelGroup(ctx, { ...group, taskIds: ids.slice(3), value: intact })).rejects.toMatchObject({
      code: "conflict",
    });
  }),
);

test(
  "gives a chosen task while it has a free place, and lists one's own answers",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0, c = 0] = await newTasks(ctx, projectId, ["a", "b", "c"]);
    const other = await newMember(ctx);
    await nextLabelTask(ctx, { projectId });
    await nextLabelTask(ctx, { projectId, except: [a] });
    expect((await leaseLabelTask(ctx, { projectId, taskId: c })).id).toBe(c);
    // Two at most: what was loaded last went back.
    expect((await leaseLabelTask(other, { projectId, taskId: b })).id).toBe(b);
    await expect(leaseLabelTask(other, { projectId, taskId: a })).rejects.toMatchObject({ code: "conflict" });
    await answerWith(ctx, { projectId, taskId: c }, "intact");
    await answerWith(ctx, { projectId, taskId: a }, "damaged");
    await expect(leaseLabelTask(ctx, { projectId, taskId: a })).rejects.toMatchObject({ code: "conflict" });
    const { answers } = await listOwnAnswers(ctx, { projectId });
    expect(answers.map(({ item, name }) => ({ item, name }))).toEqual([
      { item: "a", name: ctx.actor.name },
      { item: "c", name: ctx.actor.name },
    ]);
    expect((await listOwnAnswers(other, { projectId })).answers).toEqual([]);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "hides fields until someone who holds the task asks for them",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { hiddenFields: ["name"] } });
    const [taskId = 0] = await newTasks(ctx, projectId, [{ item: "a", data: { name: "Ada", city: "Lund" } }]);
    const shown = { projectId, taskId, field: "name", reason: "Is it a person?" };
    await expect(showLabelField(ctx, shown)).rejects.toMatchObject({ code: "not-found" });
    const { task } = await nextLabelTask(ctx, { projectId });
    expect(task).toMatchObject({ data: { city: "Lund" }, hiddenFields: ["name"] });
    expect(JSON.stringify(task)).not.toContain("Ada");
    expect(await showLabelField(ctx, shown)).toEqual({ value: "Ada" });
    // In rows, too, and in lists of those who are no reviewers.
    const row = { item: "b", data: { row: { name: "Bo", city: "Lund" } } };
    const [rowId = 0] = await newTasks(ctx, projectId, [row]);
    const other = await newMember(ctx);
    const given = await leaseLabelTask(other, { projectId, taskId: rowId });
    expect(given).toMatchObject({ data: { row: { city: "Lund" } }, hiddenFields: ["name"] });
    const read = [given, await getLabelTask(other, rowId), await listLabelTasks(other, { projectId })];
    expect(JSON.stringify(read)).not.toMatch(/Ada|Bo/);
    expect(await showLabelField(other, { ...shown, taskId: rowId })).toEqual({ value: "Bo" });
    expect(await getLabelTask(ctx, rowId)).toMatchObject({ data: row.data });
  }),
);

test(
  "shows a gold item in its group as an open task, which it is measured by when the group is answered",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const ids = await newTasks(
      ctx,
      projectId,
      Array.from({ length: 4 }, (_, at) => ({ item: `${at}`, data: {}, groupKey: "alike" })),
    );
    const [gold = 0, ...rest] = ids;
    await setGold(ctx, { taskId: gold, value: intact });
    const other = await newMember(ctx);
    for (const taskId of rest) await answerWith(other, { projectId, taskId }, "intact");
    const group = { projectId, groupKey: "alike" };
    const seen = async (of: typeof ctx) => {
      const { open, tasks } = await getLabelGroup(of, group);
      return { open, ids: tasks.map(({ id }) => id) };
    };
    expect(await seen(other)).toEqual({ open: 1, ids: [gold] });
    // Nobody is measured by what they made.
    expect(await seen(ctx)).toEqual({ open: 0, ids: [] });
    expect((await answerLabelGroup(other, { ...group, taskIds: [gold], value: intact })).answered).toEqual([gold]);
    expect(await getLabelAnnotator(ctx, { projectId, person: other.actor.id })).toMatchObject({
      gold: { seen: 1, correct: 1 },
    });
    expect(await seen(other)).toEqual({ open: 0, ids: [] });
    expect(await getLabelTask(ctx, gold)).toMatchObject({ state: "settled", source: "imported" });
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);
