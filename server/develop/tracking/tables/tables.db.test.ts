import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { experiments, experimentTags } from "#db/schema/index.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { silentAfterMs } from "../runs/constants.ts";
import { listRunColumns } from "./column-queries.ts";
import { listNanStarts, listSmallCurves } from "./curve-queries.ts";
import { getExperimentSummary, listExperimentSummaries } from "./experiment-queries.ts";

const now = 10_000_000;

test(
  "counts running, stale and failed runs of an experiment",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    await addRun(ctx, 900, { status: "RUNNING", updatedAt: now - 1000, userName: "tomasz", startedAt: 9 });
    await addRun(ctx, 900, { status: "RUNNING", updatedAt: now - silentAfterMs - 1, userName: "priya", startedAt: 3 });
    await addRun(ctx, 900, { status: "FAILED" });
    await addRun(ctx, 900, { status: "FAILED", deletedAt: 1, updatedAt: now });
    expect(await getExperimentSummary(ctx, { idOrName: "parcels", now })).toEqual({
      id: 900,
      name: "parcels",
      ownerName: "priya",
      note: "",
      runs: 3,
      running: 1,
      silent: 1,
      unhealthy: 0,
      failed: 1,
      lastActivityAt: now - 1000,
    });
  }),
);

test(
  "sorts experiments by last activity, page by page, without deleted ones",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    for (const [id, name] of [
      [901, "old"],
      [902, "new"],
      [903, "empty"],
      [904, "gone"],
    ] as const)
      await addExperiment(ctx, id, name);
    await ctx.db.update(experiments).set({ deletedAt: 1 }).where(eq(experiments.id, 904));
    await ctx.db.insert(experimentTags).values({ workspaceId, experimentId: 901, key: "owner", value: "Depots ML" });
    await addRun(ctx, 901, { updatedAt: 100, userName: "priya" });
    await addRun(ctx, 902, { updatedAt: 200 });
    const { rows, total } = await listExperimentSummaries(ctx, { offset: 0, limit: 2, now });
    expect(rows.map(({ name, ownerName, lastActivityAt }) => [name, ownerName, lastActivityAt])).toEqual([
      ["new", "", 200],
      ["old", "Depots ML", 100],
    ]);
    expect(total).toBe(3);
    const rest = await listExperimentSummaries(ctx, { offset: 2, limit: 2, now });
    expect(rest.rows).toMatchObject([{ name: "empty", runs: 0, lastActivityAt: 5 }]);
    await expect(getExperimentSummary(ctx, { idOrName: "904", now })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "derives columns from the runs, with the number of distinct values per param",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    await addRun(ctx, 900, { params: { lr: "1", seed: "7" }, metrics: { loss: [1], acc: [1] } });
    await addRun(ctx, 900, { params: { lr: "2", seed: "7" }, metrics: { loss: [1] } });
    await addRun(ctx, 900, { params: { gone: "1" }, deletedAt: 1 });
    expect(await listRunColumns(ctx, 900)).toEqual({
      metrics: [
        { key: "loss", runs: 2 },
        { key: "acc", runs: 1 },
      ],
      params: [
        { key: "lr", runs: 2, values: 2 },
        { key: "seed", runs: 2, values: 1 },
      ],
      runs: 2,
      keys: 4,
    });
  }),
);

test(
  "returns a small curve with the ends of a long run and all of a short one, NaN as a gap",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const long = await addRun(ctx, 900, { metrics: { loss: Array.from({ length: 1000 }, (_, step) => 1000 - step) } });
    const short = await addRun(ctx, 900, { metrics: { loss: [3, Number.NaN, 1] } });
    const without = await addRun(ctx, 900, { metrics: { other: [1] } });
    const curves = await listSmallCurves(ctx, { runIds: [long, short, without], key: "loss" });
    expect(curves.get(long)).toHaveLength(24);
    expect(curves.get(long)?.at(0)).toEqual({ at: 0, value: 1000 });
    expect(curves.get(long)?.at(-1)).toEqual({ at: 999, value: 1 });
    expect(curves.get(short)).toEqual([
      { at: 0, value: 3 },
      { at: 1, value: null },
      { at: 2, value: 1 },
    ]);
    expect(curves.has(without)).toBe(false);
  }),
);

test(
  "returns the first NaN step of a loss that ends in NaN, but not of one that recovered",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const broken = await addRun(ctx, 900, { metrics: { val_loss: [1, 2, Number.NaN, Number.NaN], acc: [Number.NaN] } });
    const fine = await addRun(ctx, 900, { metrics: { val_loss: [1, Number.NaN, 1] } });
    expect([...(await listNanStarts(ctx, [broken, fine]))]).toEqual([[broken, { key: "val_loss", step: 2 }]]);
  }),
);

test(
  "returns nothing of another workspace",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const run = await addRun(ctx, 900, { params: { lr: "1" }, metrics: { loss: [1, Number.NaN] } });
    const other = await newWorkspace(ctx.db);
    expect(await listExperimentSummaries(other, { offset: 0, limit: 9, now })).toEqual({ rows: [], total: 0 });
    expect(await listRunColumns(other, 900)).toEqual({ metrics: [], params: [], runs: 0, keys: 0 });
    expect((await listSmallCurves(other, { runIds: [run], key: "loss" })).size).toBe(0);
    expect((await listNanStarts(other, [run])).size).toBe(0);
    for (const idOrName of ["900", "parcels"]) {
      await expect(getExperimentSummary(other, { idOrName, now })).rejects.toMatchObject({ code: "not-found" });
    }
  }),
);
