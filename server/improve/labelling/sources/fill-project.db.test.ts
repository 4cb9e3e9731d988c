import { and, asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelProjects, labelTasks, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { exportToDataset } from "../flows/export-to-dataset.ts";
import type { CreateLabelProject } from "../projects/contract.ts";
import { fillProject } from "./fill-project.ts";

const now = Date.now();
const noFiles = { put: () => Promise.reject(new Error("no file is stored")) };
const fill = (ctx: Context, projectId: number) => fillProject(ctx, projectId, { artifacts: noFiles, now });

async function project(ctx: Context, settings: CreateLabelProject["settings"] = {}) {
  const served = await newServed(ctx);
  const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits", settings });
  return { ...served, projectId };
}

/** Logs a request about an animal, with the probability of "cat". */
function logged(ctx: Context, of: { endpointId: string; versionId: string }, requestId: string, more: object = {}) {
  const { cat = 0.98, ...rest } = more as { cat?: number };
  return newLogged(ctx, {
    endpointId: of.endpointId,
    versionId: of.versionId,
    at: new Date(now - hourMs),
    requestId,
    answer: "cat",
    confidence: cat,
    inputs: [{ name: "weight", datatype: "FP64", shape: [1, 1], data: [4.5] }],
    outputs: [{ name: "probabilities", datatype: "FP32", shape: [1, 3], data: [cat, 1 - cat, 0] }],
    ...rest,
  });
}

const tasksOf = (ctx: Context, projectId: number) =>
  ctx.db.select().from(labelTasks).where(eq(labelTasks.projectId, projectId)).orderBy(asc(labelTasks.item));

const queues = async (ctx: Context, projectId: number) =>
  Object.fromEntries((await tasksOf(ctx, projectId)).map(({ item, source }) => [item, source]));

test(
  "makes tasks of uncertain requests and of those on which versions disagree, with a copy of what they show",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["disagree", "uncertain"] });
    await logged(ctx, of, "sure");
    await logged(ctx, of, "unsure", { cat: 0.5 });
    await logged(ctx, of, "split");
    await logged(ctx, of, "split", { versionId: of.nextVersionId, arm: "shadow", answer: "dog" });
    await logged(ctx, of, "failed", { cat: 0.5, status: 500 });
    await logged(ctx, of, "picked", { cat: 0.5, loggedReason: "low-confidence" });
    await logged(ctx, of, "fresh", { cat: 0.5, at: new Date(now) });
    await logged(ctx, of, "digest", {
      cat: 0.5,
      inputs: [{ name: "weight", datatype: "FP64", shape: [1, 1], sha256: "ab" }],
    });
    await logged(ctx, of, "batch", {
      cat: 0.5,
      answer: null,
      outputs: [{ name: "p", datatype: "FP32", shape: [2, 3], data: [] }],
    });
    expect(await fill(ctx, of.projectId)).toBe(2);
    expect(await queues(ctx, of.projectId)).toEqual({ split: "disagree", unsure: "uncertain" });
    const [, unsure] = await tasksOf(ctx, of.projectId);
    expect(unsure).toMatchObject({
      requestId: "unsure",
      modelVersionId: of.versionId,
      data: { row: { weight: 4.5 } },
      selection: "chosen",
      probabilities: [0.5, 0.5, 0],
      // Its inputs are those of the other task.
      factors: { gain: 1, drift: 1, weight: 1 },
    });
  }),
);

test(
  "draws the audit by chance from sampled requests, equally from both arms, and nothing else has a part in it",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["audit"], auditPerDay: 100 });
    const values = Array.from({ length: 400 }, (_, at) => ({
      ...of,
      at: new Date(now - 23 * hourMs + at * 0.055 * hourMs),
      requestId: `r${at}`,
      arm: at % 2 ? ("canary" as const) : ("stable" as const),
    }));
    for (const one of values)
      await logged(ctx, one, one.requestId, { at: one.at, arm: one.arm, cat: one.arm === "canary" ? 0.5 : 0.99 });
    await fill(ctx, of.projectId);
    const tasks = await tasksOf(ctx, of.projectId);
    // In 22 hours 92 of 399, with a standard deviation of 8.4.
    expect(tasks.length).toBeGreaterThan(58);
    expect(tasks.length).toBeLessThan(126);
    expect(tasks.every(({ source, selection }) => source === "audit" && selection === "audit")).toBe(true);
    const canary = tasks.filter(({ item }) => Number(item.slice(1)) % 2 === 1).length;
    expect(Math.abs(canary / tasks.length - 0.5)).toBeLessThan(0.16);
    // The same requests are drawn again, whenever the log is read.
    await ctx.db.delete(labelTasks).where(eq(labelTasks.projectId, of.projectId));
    await ctx.db.update(labelProjects).set({ progress: null }).where(eq(labelProjects.id, of.projectId));
    await fill(ctx, of.projectId);
    expect((await tasksOf(ctx, of.projectId)).map(({ item }) => item)).toEqual(tasks.map(({ item }) => item));
  }),
);

test(
  "draws few of a first, short time, and the same share all day once there is a day of requests",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["audit"], auditPerDay: 24 });
    const at = (ms: number) => ({ at: new Date(ms) });
    for (let one = 0; one < 100; one += 1) await logged(ctx, of, `r${one}`, at(now - 10 * minuteMs + one));
    await fill(ctx, of.projectId);
    const audit = async () => {
      const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, of.projectId));
      return row?.progress?.audit;
    };
    expect(await audit()).toMatchObject({ share: 0.01, start: { requests: 100 } });
    expect((await tasksOf(ctx, of.projectId)).length).toBeLessThan(10);
    // The request that makes the days before complete: 100 of them in three days.
    const today = now - 2 * minuteMs;
    const date = new Date(today).toISOString().slice(0, 10);
    const midnight = Date.parse(`${date}T00:00:00Z`);
    await ctx.db.update(predictions).set({ at: new Date(midnight - hourMs) });
    await ctx.db
      .update(predictions)
      .set({ at: new Date(midnight - 3 * dayMs) })
      .where(eq(predictions.requestId, "r0"));
    await ctx.db.update(labelProjects).set({ progress: { log: { at: String(midnight * 1000), id: of.endpointId } } });
    await logged(ctx, of, "today", at(today));
    await fill(ctx, of.projectId);
    const share = (24 * 3) / 100;
    expect(await audit()).toEqual({ date, share: expect.closeTo(share, 10) });
  }),
);

test(
  "goes on where it ended, adds nothing twice, and repeats a page whose tasks were not stored",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["uncertain"] });
    await logged(ctx, of, "first", { cat: 0.5 });
    const crash = new Error("the worker dies");
    const picture = {
      ...ctx,
      db: new Proxy(ctx.db, {
        get: (db, key) => (key === "transaction" ? () => Promise.reject(crash) : Reflect.get(db, key)),
      }),
    };
    await expect(fill(picture as Context, of.projectId)).rejects.toBe(crash);
    expect(await tasksOf(ctx, of.projectId)).toEqual([]);
    expect(await fill(ctx, of.projectId)).toBe(1);
    expect(await fill(ctx, of.projectId)).toBe(0);
    await logged(ctx, of, "second", { cat: 0.5, at: new Date(now - 30 * minuteMs) });
    expect(await fill(ctx, of.projectId)).toBe(1);
    // Read from the start again, as after a restored backup.
    await ctx.db.update(labelProjects).set({ progress: null }).where(eq(labelProjects.id, of.projectId));
    expect(await fill(ctx, of.projectId)).toBe(0);
    expect(Object.keys(await queues(ctx, of.projectId))).toEqual(["first", "second"]);
  }),
);

test(
  "keeps an export that is asked for while the log is read",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["uncertain"] });
    await logged(ctx, of, "first", { cat: 0.5 });
    const asking = new Proxy(ctx.db, {
      get: (db, key) => {
        if (key !== "transaction") return Reflect.get(db, key);
        return async (work: never) => {
          await exportToDataset(ctx, { projectId: of.projectId, dataset: "animals" });
          return db.transaction(work);
        };
      },
    });
    const before = await exportToDataset(ctx, { projectId: of.projectId, dataset: "earlier" });
    expect(await fill({ ...ctx, db: asking }, of.projectId)).toBe(1);
    const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, of.projectId));
    expect(row?.progress?.exports).toMatchObject([{ dataset: "animals" }, before]);
    expect(row?.progress?.log).toBeDefined();
  }),
);

test(
  "fills a queue up to its limit, except the audit, and passes over a request that cannot be read",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["uncertain"], maxOpen: 2 });
    await logged(ctx, of, "broken", { cat: 0.5, at: new Date(now - 2 * hourMs), inputs: { not: "a list" } });
    for (const at of [1, 2, 3]) await logged(ctx, of, `r${at}`, { cat: 0.5, at: new Date(now - hourMs + at) });
    expect(await fill(ctx, of.projectId)).toBe(2);
    expect(Object.keys(await queues(ctx, of.projectId))).toEqual(["r1", "r2"]);
    const [, second] = await tasksOf(ctx, of.projectId);
    expect(second?.factors).toMatchObject({ twins: 1 });
  }),
);

test(
  "fills no paused project, none without an endpoint, and none of another workspace",
  inWorkspace(async (ctx) => {
    const of = await project(ctx, { queues: ["uncertain"] });
    await logged(ctx, of, "unsure", { cat: 0.5 });
    const other = await newWorkspace(ctx.db);
    await expect(fill(other, of.projectId)).rejects.toMatchObject({ code: "not-found" });
    await expect(fill(as(ctx, "member"), of.projectId)).rejects.toMatchObject({ code: "forbidden" });
    await ctx.db
      .update(labelProjects)
      .set({ state: "paused" })
      .where(and(eq(labelProjects.id, of.projectId)));
    expect(await fill(ctx, of.projectId)).toBe(0);
    const { id: imported } = await newAnimalProject(ctx, { name: "imported" });
    await addLabelled(ctx, imported, { item: "x" });
    expect(await fill(ctx, imported)).toBe(0);
    expect(await ctx.db.$count(predictions, eq(predictions.endpointId, of.endpointId))).toBe(1);
  }),
);
