import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { newRun, point } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const artifacts = { list: async () => [{ name: "a.txt", isFolder: false, sizeBytes: 3 }] };

async function readerOf(ctx: Context) {
  const call = await clientOf(ctx, { artifacts });
  return (path: string) => call("GET", path);
}

test(
  "lists, searches and returns experiments and runs, with NaN as text",
  inWorkspace(async (ctx) => {
    const get = await readerOf(ctx);
    const { runId, experimentId } = await newRun(ctx, "a");
    const params = [{ key: "lr", value: "0.1" }];
    await logBatch(ctx, { runId, metrics: [point("loss", Number.NaN), point("acc", 0.5)], params, tags: [] });
    expect((await get("/experiments")).body).toMatchObject({ total: 1, experiments: [{ id: experimentId, runs: 1 }] });
    expect((await get(`/experiments/${encodeURIComponent("experiment of a")}`)).body.id).toBe(experimentId);
    const filter = encodeURIComponent("metrics.acc >= 0.5 AND params.lr = '0.1'");
    const found = await get(`/experiments/${experimentId}/runs?filter=${filter}&orderBy=metrics.acc&limit=5`);
    expect(found.body).toMatchObject({ runs: [{ id: runId, params }] });
    const { body: run } = await get(`/runs/${runId}`);
    expect(run).toMatchObject({ id: runId, name: "a", status: "RUNNING", endedAt: null });
    expect(run.metrics).toEqual([
      { key: "acc", value: 0.5, timestamp: 1, step: 0 },
      { key: "loss", value: "NaN", timestamp: 1, step: 0 },
    ]);
  }),
);

test(
  "returns curves for the requested keys or for all, downsampled to the requested points",
  inWorkspace(async (ctx) => {
    const get = await readerOf(ctx);
    const { runId } = await newRun(ctx);
    const metrics = Array.from({ length: 100 }, (_, step) => point("loss", 1 / (step + 1), step));
    await logBatch(ctx, { runId, metrics: [...metrics, point("acc", Number.NaN)], params: [], tags: [] });
    const { curves } = (await get(`/runs/${runId}/metrics?maxPoints=20`)).body;
    expect(curves.map((curve: { key: string }) => curve.key).sort()).toEqual(["acc", "loss"]);
    const loss = (await get(`/runs/${runId}/metrics?keys=loss,none&maxPoints=20`)).body.curves;
    expect(loss).toMatchObject([{ key: "loss", totalPoints: 100, points: { 0: { step: 0, value: 1 } } }]);
    expect(loss[0].points.length).toBeLessThanOrEqual(22);
    expect((await get(`/runs/${runId}/metrics?keys=acc&keys=loss`)).body.curves).toHaveLength(2);
    expect((await get(`/runs/${runId}/metrics?maxPoints=1`)).status).toBe(400);
  }),
);

test(
  "lists files and models of a run",
  inWorkspace(async (ctx) => {
    const get = await readerOf(ctx);
    const { runId, experimentId } = await newRun(ctx);
    await createLoggedModel(ctx, { experimentId, name: "m", sourceRunId: runId, params: [], tags: [] });
    expect((await get(`/runs/${runId}/artifacts`)).body).toEqual({
      files: [{ name: "a.txt", isFolder: false, sizeBytes: 3 }],
    });
    expect((await get(`/runs/${runId}/artifacts?path=../x`)).status).toBe(400);
    expect((await get(`/runs/${runId}/models`)).body).toMatchObject({ models: [{ name: "m" }] });
  }),
);

test(
  "does not find missing or foreign objects, and explains an invalid filter",
  inWorkspace(async (ctx) => {
    const get = await readerOf(ctx);
    const { runId, experimentId } = await newRun(ctx);
    const outsider = await readerOf(await newWorkspace(ctx.db));
    for (const path of [
      `/runs/${runId}`,
      `/runs/${runId}/metrics`,
      `/runs/${runId}/models`,
      `/experiments/${experimentId}`,
    ]) {
      expect((await outsider(path)).status).toBe(404);
    }
    expect((await get("/runs/none")).status).toBe(404);
    expect((await get(`/experiments/${experimentId}/runs?filter=foo`)).body.error).toMatchObject({
      code: "invalid",
      message: "Invalid clause(s) in filter string: 'foo' (column 1)",
      column: 1,
    });
  }),
);
