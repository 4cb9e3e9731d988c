import { expect, test } from "vitest";
import { runTags } from "#db/schema/index.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { groupRuns } from "./group-queries.ts";
import { getGroupedRuns } from "./grouped-runs.ts";

const seeds = [0.9, 0.92, 0.94, 0.96, 0.98];

test(
  "groups runs by learning rate with count, mean and its interval over seeds, median, minimum and maximum",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    for (const value of seeds)
      await addRun(ctx, 900, { params: { lr: "0.1" }, metrics: { acc: [value] }, startedAt: 7 });
    await addRun(ctx, 900, { params: { lr: "0.01" }, metrics: { acc: [0.5] } });
    await addRun(ctx, 900, { metrics: { acc: [0.1] } });
    await addRun(ctx, 900, { params: { lr: "0.1" }, metrics: { acc: [0] }, deletedAt: 1 });
    const { groups, total, runs, sort } = await groupRuns(ctx, {
      experimentId: 900,
      by: "params.lr",
      metrics: ["acc"],
    });
    expect([total, runs, sort]).toEqual([3, 7, { column: "metrics.acc", descending: true }]);
    expect(groups.map(({ value, runs }) => [value, runs])).toEqual([
      ["0.1", 5],
      ["0.01", 1],
      [null, 1],
    ]);
    const figures = groups[0]?.metrics.acc;
    expect(figures).toMatchObject({ count: 5, lowest: 0.9, highest: 0.98 });
    expect(figures?.mean).toBeCloseTo(0.94, 12);
    expect(figures?.median).toBeCloseTo(0.94, 12);
    // s = √0.001, t of four degrees of freedom = 2.7764451.
    expect((figures?.high ?? 0) - (figures?.mean ?? 0)).toBeCloseTo(
      (2.77644510519779 * Math.sqrt(0.001)) / Math.sqrt(5),
      10,
    );
    expect(groups[1]?.metrics.acc).toMatchObject({ count: 1, low: null, high: null });
    expect(groups[0]?.newestAt).toBe(7);
  }),
);

test(
  "does not count NaN and values too large to square, and sorts groups without numbers last",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    await addRun(ctx, 900, { params: { lr: "1" }, metrics: { loss: [Number.NaN] } });
    await addRun(ctx, 900, { params: { lr: "2" }, metrics: { loss: [1.7976931348623157e308] } });
    await addRun(ctx, 900, { params: { lr: "2" }, metrics: { loss: [3] } });
    const { groups } = await groupRuns(ctx, { experimentId: 900, by: "params.lr", metrics: ["loss"] });
    expect(groups.map(({ value, metrics }) => [value, metrics.loss?.count])).toEqual([
      ["2", 1],
      ["1", undefined],
    ]);
  }),
);

test(
  "sorts group values as numbers, then as text, then missing ones, and pages them",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    for (const lr of ["10", "9", "1e-3", "auto"]) await addRun(ctx, 900, { params: { lr } });
    await addRun(ctx, 900);
    const by = { experimentId: 900, by: "params.lr", sort: { column: "value", descending: false } };
    const values = (groups: { value: string | null }[]) => groups.map(({ value }) => value);
    expect(values((await groupRuns(ctx, by)).groups)).toEqual(["1e-3", "9", "10", "auto", null]);
    expect(await groupRuns(ctx, { ...by, offset: 1, limit: 2 })).toMatchObject({
      total: 5,
      groups: [{ value: "9" }, { value: "10" }],
    });
  }),
);

test(
  "groups by tag, status and user with a filter, and rejects other columns with a reason",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const { workspaceId } = ctx.actor;
    const run = await addRun(ctx, 900, { userName: "priya", status: "FAILED" });
    await addRun(ctx, 900, { userName: "tomasz" });
    await ctx.db.insert(runTags).values({ workspaceId, runId: run, key: "team", value: "depots" });
    const values = async (by: string, filter = "") =>
      (await groupRuns(ctx, { experimentId: 900, by, filter })).groups.map(({ value }) => value);
    expect(await values("tags.team")).toEqual(["depots", null]);
    expect(await values("status")).toEqual(["FAILED", "FINISHED"]);
    expect(await values("by", "status = 'FAILED'")).toEqual(["priya"]);
    expect(await values("dataset")).toEqual([null]);
    await expectRefusal(values("toString"), "invalid", "Cannot group runs by");
    await expectRefusal(values("status", "color = 1"), "invalid", "color");
  }),
);

test(
  "aggregates the metrics shown as columns, and returns the runs of expanded groups",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    for (const value of seeds) await addRun(ctx, 900, { params: { lr: "0.1" }, metrics: { acc: [value], loss: [1] } });
    await addRun(ctx, 900, { name: "alone", metrics: { acc: [0.1] } });
    const question = { experimentId: 900, filter: "", sort: undefined, columns: undefined, offset: 0, limit: 10 };
    const { table, groups, opened } = await getGroupedRuns(ctx, { ...question, by: "params.lr", opened: [null, "9"] });
    expect(table).toMatchObject({ rows: [], found: 6 });
    expect(groups).toMatchObject({ by: "params.lr", total: 2, metrics: ["acc"] });
    expect(opened.map(({ value, rows, found }) => [value, rows.map(({ run }) => run.name), found])).toEqual([
      [null, ["alone"], 1],
    ]);
  }),
);
