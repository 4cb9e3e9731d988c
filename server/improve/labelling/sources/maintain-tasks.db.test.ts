import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelRuns, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { maintainLabels } from "../maintain-labels.ts";
import { getLabelProject } from "../projects/queries.ts";
import { maintainTasks } from "./maintain-tasks.ts";
import { rerank } from "./rerank.ts";

const states = async (ctx: Context) =>
  Object.fromEntries(
    (await ctx.db.select().from(labelTasks)).map(({ item, state, rank }) => [item, `${state} ${rank.toFixed(2)}`]),
  );

test(
  "drops what nobody answered within the horizon or whose version is gone, and keeps what people added",
  inWorkspace(async (ctx) => {
    const { versionId } = await newServed(ctx);
    const { id: projectId } = await newAnimalProject(ctx, { settings: { horizonDays: 10 } });
    const old = { createdAt: new Date(Date.now() - 11 * dayMs), modelVersionId: versionId };
    const uncertain = { source: "uncertain", selection: "chosen" } as const;
    await addLabelled(ctx, projectId, { item: "old", ...old });
    await addLabelled(ctx, projectId, { item: "answered", ...old, ...uncertain, given: { ada: "cat" } });
    await addLabelled(ctx, projectId, { item: "imported", ...old, source: "imported" });
    await addLabelled(ctx, projectId, { item: "fresh", modelVersionId: versionId });
    await addLabelled(ctx, projectId, { item: "of no version", ...uncertain });
    await addLabelled(ctx, projectId, {
      item: "retired",
      ...uncertain,
      modelVersionId: "00000000-0000-4000-8000-000000000000",
    });
    expect(await maintainTasks(ctx, projectId)).toEqual({ dropped: 2, deleted: 0, moved: 0 });
    expect(await states(ctx)).toMatchObject({
      old: "dropped 0.00",
      answered: "open 0.00",
      imported: "open 0.00",
      fresh: "open 0.00",
      "of no version": "open 0.00",
      retired: "dropped 0.00",
    });
    expect(await maintainTasks(ctx, projectId)).toEqual({ dropped: 0, deleted: 0, moved: 0 });
    // What was dropped goes with its data after the horizon, but not what someone answered.
    await addLabelled(ctx, projectId, { item: "labelled", state: "dropped", given: { ada: "cat" } });
    await ctx.db.update(labelTasks).set({ updatedAt: old.createdAt });
    await ctx.db.update(labelTasks).set({ updatedAt: new Date() }).where(eq(labelTasks.item, "retired"));
    expect(await maintainTasks(ctx, projectId)).toMatchObject({ deleted: 1 });
    const left = Object.keys(await states(ctx)).sort();
    expect(left).toEqual(["answered", "fresh", "imported", "labelled", "of no version", "retired"]);
    const { counts } = await getLabelProject(ctx, projectId);
    // The fixture adds without counting: two were dropped, and one of them was deleted.
    expect(counts.dropped).toBe(1);
  }),
);

test(
  "moves tasks whose rank has changed, but none of the audit",
  inWorkspace(async (ctx) => {
    const { versionId: modelVersionId } = await newServed(ctx);
    const { id: projectId } = await newAnimalProject(ctx);
    const factors = { gain: 0.9, drift: 2, weight: 1, twins: 3 };
    const same = {
      modelVersionId,
      factors,
      rank: 0.8,
      groupKey: "g",
      source: "uncertain",
      selection: "chosen",
    } as const;
    await addLabelled(ctx, projectId, { item: "a", ...same });
    await addLabelled(ctx, projectId, { item: "audit", ...same, source: "audit", selection: "audit", groupKey: null });
    expect(await maintainTasks(ctx, projectId)).toEqual({ dropped: 0, deleted: 0, moved: 1 });
    // Its twins are gone: -ln(0.9 · 2).
    expect(await states(ctx)).toMatchObject({ a: "open -0.59", audit: "open 0.80" });
  }),
);

test(
  "requests a run each night only where answers have come since",
  inWorkspace(async (ctx) => {
    const { id: projectId } = await newAnimalProject(ctx);
    await maintainLabels(ctx);
    expect(await ctx.db.$count(labelRuns)).toBe(0);
    await addLabelled(ctx, projectId, { item: "a", given: { ada: "cat" } });
    await maintainLabels(ctx);
    await maintainLabels(ctx);
    expect(await ctx.db.$count(labelRuns)).toBe(1);
    await ctx.db
      .update(labelRuns)
      .set({ state: "done", createdAt: new Date(Date.now() + dayMs) })
      .where(eq(labelRuns.projectId, projectId));
    await maintainLabels(ctx);
    expect(await ctx.db.$count(labelRuns)).toBe(1);
  }),
);

test("computes a rank with the noise of classes, and leaves small moves", () => {
  const factors = { gain: 0.2, drift: 1, weight: 1, twins: 0 };
  const task = { rank: -Math.log(0.2), factors, probabilities: [0.9, 0.1], twins: 0 };
  expect(rerank(task, [0, 0])).toBeUndefined();
  expect(rerank(task, [0.5, 0])).toMatchObject({ factors: { gain: 0.6 } });
  expect(rerank({ ...task, twins: 1 }, [0, 0])?.rank).toBeCloseTo(-Math.log(0.1), 10);
  expect(rerank({ ...task, factors: null }, [0, 0])).toBeUndefined();
});
