import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelLeases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import {
  answerWith,
  findLabellingViolations,
  newLabelProject,
  newTasks,
} from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { undoAnswer } from "../answers/undo-answer.ts";
import { getLabelProject } from "../projects/queries.ts";
import { updateLabelProject } from "../projects/update-label-project.ts";
import { getLabelTask } from "../tasks/queries.ts";
import { nextLabelTask } from "./next-label-task.ts";
import { releaseLabelTask } from "./release-label-task.ts";
import { renewLabelLeases } from "./renew-label-leases.ts";
import { skipLabelTask } from "./skip-label-task.ts";

const nextId = async (ctx: Context, projectId: number, except: number[] = []) =>
  (await nextLabelTask(ctx, { projectId, except })).task?.id ?? null;

/** Lets the leases of a project lapse. */
async function lapse(ctx: Context, projectId: number): Promise<void> {
  await ctx.db
    .update(labelLeases)
    .set({ expiresAt: sql`now() - interval '1 second'` })
    .where(sql`project_id = ${projectId}`);
}

test(
  "gives tasks by rank, the same one again until it is shown, and two at most",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0, c] = await newTasks(ctx, projectId, ["a", "b", "c"]);
    expect(await nextId(ctx, projectId)).toBe(a);
    expect(await nextId(ctx, projectId)).toBe(a);
    expect(await nextId(ctx, projectId, [a])).toBe(b);
    await expect(nextId(ctx, projectId, [a, b])).rejects.toMatchObject({ code: "conflict" });
    await answerWith(ctx, { projectId, taskId: a }, "intact");
    expect(await nextId(ctx, projectId, [b])).toBe(c);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    expect((await getLabelProject(ctx, projectId)).counts).toMatchObject({
      open: 2,
      settled: 1,
      bySource: [{ source: "imported", open: 2 }],
      held: 2,
      answers: 1,
      people: 1,
    });
  }),
);

test(
  "gives a task to as many people as it wants, and says who holds the rest",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a] = await newTasks(ctx, projectId, ["a"]);
    const other = await newMember(ctx);
    expect(await nextId(ctx, projectId)).toBe(a);
    expect(await nextLabelTask(other, { projectId })).toMatchObject({ task: null, held: 0, heldByOthers: 1 });
    await lapse(ctx, projectId);
    expect(await nextId(other, projectId)).toBe(a);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "keeps an answer after the lease has lapsed: in its place while that is free, else as surplus",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    const other = await newMember(ctx);
    await nextId(ctx, projectId);
    await nextId(ctx, projectId, [a]);
    await lapse(ctx, projectId);
    expect(await nextId(other, projectId)).toBe(a);
    expect(await answerWith(ctx, { projectId, taskId: a }, "damaged")).toMatchObject({ isSurplus: true });
    expect(await answerWith(other, { projectId, taskId: a }, "damaged")).toMatchObject({ isSurplus: false });
    expect(await answerWith(ctx, { projectId, taskId: b }, "intact")).toMatchObject({ isSurplus: false });
    expect((await getLabelTask(ctx, a)).history).toHaveLength(2);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "takes an answer once, replaces it by another one, and takes it back",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    await nextId(ctx, projectId);
    const first = await answerWith(ctx, { projectId, taskId: a }, "damaged");
    expect(first).toMatchObject({ state: "settled", isSurplus: false, gold: null });
    expect(await answerWith(ctx, { projectId, taskId: a }, "damaged")).toEqual(first);
    await answerWith(ctx, { projectId, taskId: a }, "intact");
    expect(await getLabelTask(ctx, a)).toMatchObject({ answers: 1, consensus: { value: { label: "intact" } } });
    await nextId(ctx, projectId);
    const undone = await undoAnswer(ctx, { projectId });
    expect(undone).toMatchObject({ task: { id: a }, value: { label: "intact" }, released: [] });
    expect(await getLabelTask(ctx, a)).toMatchObject({ state: "open", answers: 0, consensus: null });
    expect(await nextId(ctx, projectId)).toBe(a);
    await expect(undoAnswer(ctx, { projectId })).rejects.toMatchObject({ code: "not-found" });
    await answerWith(ctx, { projectId, taskId: a }, "damaged");
    expect((await getLabelTask(ctx, a)).history.map(({ supersededAt }) => supersededAt === null)).toEqual([
      false,
      false,
      true,
    ]);
    expect(await nextId(ctx, projectId)).toBe(b);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "gives the undone task first, and what was loaded last back",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0, c = 0] = await newTasks(ctx, projectId, ["a", "b", "c"]);
    await nextId(ctx, projectId);
    await answerWith(ctx, { projectId, taskId: a }, "damaged");
    await nextId(ctx, projectId);
    await nextId(ctx, projectId, [b]);
    expect(await undoAnswer(ctx, { projectId })).toMatchObject({ task: { id: a }, released: [c] });
    expect(await nextId(ctx, projectId)).toBe(a);
    expect(await nextId(ctx, projectId, [a])).toBe(b);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "passes over a skipped task for an hour, and gives a released one back",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    const other = await newMember(ctx);
    await nextId(ctx, projectId);
    await skipLabelTask(ctx, { projectId, taskId: a });
    expect(await nextId(ctx, projectId)).toBe(b);
    expect(await nextId(other, projectId)).toBe(a);
    await releaseLabelTask(other, { projectId, taskId: a });
    await releaseLabelTask(other, { projectId, taskId: a });
    await answerWith(ctx, { projectId, taskId: b }, "intact");
    expect(await nextLabelTask(ctx, { projectId })).toMatchObject({ task: null, skipped: 1, heldByOthers: 0 });
    await lapse(ctx, projectId);
    expect(await nextId(ctx, projectId)).toBe(a);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
  }),
);

test(
  "renews leases, and names those that are lost",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0, b = 0] = await newTasks(ctx, projectId, ["a", "b"]);
    await nextId(ctx, projectId);
    await lapse(ctx, projectId);
    const { expiresAt, lost } = await renewLabelLeases(ctx, { projectId, taskIds: [a, b] });
    expect(lost).toEqual([b]);
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await nextId(await newMember(ctx), projectId)).toBe(b);
  }),
);

test(
  "gives nothing in a paused project, and still takes answers",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a = 0] = await newTasks(ctx, projectId, ["a"]);
    await nextId(ctx, projectId);
    await updateLabelProject(ctx, { projectId, state: "paused" });
    expect(await nextLabelTask(ctx, { projectId })).toMatchObject({ task: null, paused: "This project is paused." });
    expect(await answerWith(ctx, { projectId, taskId: a }, "intact")).toMatchObject({ state: "settled" });
  }),
);

test(
  "labels one queue by source, and gives back what was loaded for another",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const [a, b] = await newTasks(ctx, projectId, [
      { item: "a", data: {}, rank: 0, source: "drift" },
      { item: "b", data: {}, rank: 1, source: "uncertain" },
    ]);
    expect(await nextId(ctx, projectId)).toBe(a);
    expect((await nextLabelTask(ctx, { projectId, queue: "uncertain" })).task?.id).toBe(b);
    expect(await nextId(await newMember(ctx), projectId)).toBe(a);
    expect((await nextLabelTask(ctx, { projectId, queue: "suspected" })).task).toBeNull();
  }),
);

test(
  "gives every fifth task from the random audit, whose order has nothing to do with rank",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const items = Array.from({ length: 40 }, (_, at) => at);
    const audit = items.map((at) => ({ item: `audit ${at}`, data: {}, source: "audit" as const, rank: at }));
    await newTasks(ctx, projectId, [...items.map((at) => ({ item: `${at}`, data: {}, rank: -100 + at })), ...audit]);
    const given: string[] = [];
    for (let at = 0; at < 20; at += 1) {
      const { task } = await nextLabelTask(ctx, { projectId });
      given.push(task?.item ?? "");
      await answerWith(ctx, { projectId, taskId: task?.id ?? 0 }, "intact");
    }
    const places = given.flatMap((item, at) => (item.startsWith("audit") ? [at + 1] : []));
    expect(places).toEqual([5, 10, 15, 20]);
    const order = given.filter((item) => item.startsWith("audit"));
    expect(order).not.toEqual(order.toSorted());
  }),
);

test(
  "passes what a person has answered without reading the queue for each, whatever Postgres takes the queue to be",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { minAnswers: 2, maxAnswers: 2 } });
    const fill = (tx: Context) =>
      newTasks(
        tx,
        projectId,
        Array.from({ length: 10_000 }, (_, at) => `${at}`),
      );
    const readRows = async () => {
      const { rows } = await ctx.db.execute<{ read: number }>(sql`
        select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'label_tasks'`);
      return rows[0]?.read ?? 0;
    };
    // Postgres counts no rows on many pages: those that were deleted before it looked, and those of the import that come after.
    const undone = new Error("The first import is taken back.");
    const first = ctx.db.transaction(async (tx) => {
      await fill({ ...ctx, db: tx });
      throw undone;
    });
    await expect(first).rejects.toBe(undone);
    await ctx.db.execute(sql`analyze label_tasks`);
    await fill(ctx);
    for (let at = 0; at < 30; at += 1) {
      const taskId = (await nextId(ctx, projectId)) ?? 0;
      await answerWith(ctx, { projectId, taskId }, "intact");
    }
    const before = await readRows();
    await nextId(ctx, projectId);
    expect((await readRows()) - before).toBeLessThan(1_000);
  }),
);
