import { expect, test } from "vitest";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { addExperiment, addRun } from "#server/testing/fixtures/tracking/tables/testing.ts";
import { point } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { getChartCurves, getRunWorkspace } from "./queries.ts";

const question = { experimentId: 910, filter: "", sort: undefined, groupBy: "seed" };

test(
  "groups the first runs by their settings, with metrics and values",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 910, "parcels");
    const add = (name: string, backbone: string, seed: string, accuracy: number) =>
      addRun(ctx, 910, { name, params: { backbone, seed }, metrics: { val_accuracy: [0.1, accuracy], size: [3] } });
    await add("a", "vit", "1", 0.7);
    await add("b", "vit", "2", 0.8);
    await add("c", "resnet", "1", 0.9);
    const shown = await getRunWorkspace(ctx, question);
    expect(shown).toMatchObject({
      found: 3,
      metric: "val_accuracy",
      groupedBy: "seed",
      sort: { column: "metrics.val_accuracy", descending: true },
      metrics: [
        { key: "size", runs: 3, isCurve: false },
        { key: "val_accuracy", runs: 3, isCurve: true },
      ],
    });
    expect(shown.groups.map(({ label, isGroup, runs }) => [label, isGroup, runs.map(({ value }) => value)])).toEqual([
      ["c", false, [0.9]],
      ["vit", true, [0.8, 0.7]],
    ]);
    const byParam = await getRunWorkspace(ctx, {
      ...question,
      groupBy: "params.backbone",
      filter: "params.seed = '1'",
    });
    expect([byParam.found, byParam.groups.map(({ label }) => label)]).toEqual([2, ["resnet", "vit"]]);
    const none = await getRunWorkspace(ctx, { ...question, groupBy: undefined });
    expect([none.groupedBy, none.groups.length]).toEqual([undefined, 3]);
    expect(none.hasImages).toBe(false);
    const runId = await addRun(ctx, 910, { name: "d" });
    await logBatch(ctx, { runId, metrics: [], params: [], tags: [{ key: "mlflow.loggedImages", value: "true" }] });
    expect((await getRunWorkspace(ctx, question)).hasImages).toBe(true);
    await expect(getRunWorkspace(ctx, { ...question, filter: "what" })).rejects.toThrow("Invalid");
  }),
);

test(
  "returns curves of runs of the experiment only, in columns, with gaps and bands",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 910, "parcels");
    await addExperiment(ctx, 911, "others");
    const runId = await addRun(ctx, 910, { name: "a" });
    const other = await addRun(ctx, 911, { name: "b", metrics: { loss: [1, 2] } });
    const metrics = [point("loss", 1, 0), point("loss", Number.NaN, 1), point("loss", 3, 2)];
    await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    const asked = { experimentId: 910, runIds: [runId, other], keys: ["loss"], x: "step" as const };
    expect(await getChartCurves(ctx, asked)).toEqual([
      { runId, key: "loss", totalPoints: 3, at: [0, 1, 2], values: [1, null, 3] },
    ]);
    const many = Array.from({ length: 1_000 }, (_, step) => point("acc", step % 10, step));
    await logBatch(ctx, { runId, metrics: many, params: [], tags: [] });
    const [curve] = await getChartCurves(ctx, { ...asked, keys: ["acc"], from: 100, to: 999 });
    expect(curve?.at.length).toBeLessThanOrEqual(402);
    expect([Math.min(...(curve?.low ?? []).map(Number)), Math.max(...(curve?.high ?? []).map(Number))]).toEqual([0, 9]);
  }),
);
