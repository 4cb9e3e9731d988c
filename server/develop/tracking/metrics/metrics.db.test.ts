import { expect, test } from "vitest";
import { metricPoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { expectRefusal, newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import { getRun } from "../runs/queries.ts";
import { getMetricHistory, getMetricHistoryOfRuns, sampleMetricHistory } from "./history-queries.ts";
import { logBatch } from "./log-batch.ts";
import { logMetric } from "./log-metric.ts";

const nothing = { metrics: [], params: [], tags: [] };
const history = async (ctx: Context, runId: string, key: string) =>
  (await getMetricHistory(ctx, { runId, key, limit: 25_000 })).rows;

test(
  "takes the latest value from the greatest step, then time, then value, not from the last write",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    for (const [step, timestamp, value] of [
      [1, 5, 1],
      [1, 5, 2],
      [1, 4, 9],
      [0, 6, 0.5],
      [-3, 7, 8],
    ] as const) {
      await logMetric(ctx, { runId, key: "a", step, timestamp, value });
    }
    expect((await getRun(ctx, runId)).metrics).toEqual([{ key: "a", value: 2, timestamp: 5, step: 1 }]);
    expect((await history(ctx, runId, "a")).map(({ value }) => value)).toEqual([9, 1, 2, 0.5, 8]);
  }),
);

test(
  "counts NaN as 0 when choosing the latest value",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await logBatch(ctx, {
      ...nothing,
      runId,
      metrics: [point("a", Number.NaN), point("b", -1), point("b", Number.NaN)],
    });
    await logBatch(ctx, { ...nothing, runId, metrics: [point("a", 0.5)] });
    const values = Object.fromEntries((await getRun(ctx, runId)).metrics.map(({ key, value }) => [key, value]));
    expect(values).toEqual({ a: 0.5, b: "NaN" });
  }),
);

test(
  "stores duplicate points once, across and within batches, including NaN",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const metrics = [point("n", Number.NaN), point("n", Number.NaN), point("i", Number.POSITIVE_INFINITY)];
    const batch = { runId, metrics, params: [{ key: "p", value: "1" }], tags: [{ key: "t", value: "1" }] };
    await logBatch(ctx, batch);
    await logBatch(ctx, batch);
    expect(await history(ctx, runId, "n")).toEqual([{ key: "n", value: "NaN", timestamp: 1, step: 0 }]);
    expect((await history(ctx, runId, "i"))[0]?.value).toBe(Number.MAX_VALUE);
  }),
);

test(
  "stores nothing of a failed batch",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await logBatch(ctx, { ...nothing, runId, params: [{ key: "bs", value: "32" }] });
    const params = [
      { key: "bs", value: "64" },
      { key: "new", value: "1" },
    ];
    const batch = { runId, metrics: [point("m", 1)], params, tags: [{ key: "t", value: "1" }] };
    await expectRefusal(logBatch(ctx, batch), "invalid", "[{'key': 'bs', 'old_value': '32', 'new_value': '64'}]");
    const outsider = { ...batch, params: [], metrics: [point("m", 1, 0, { modelId: "m-none" })] };
    await expectRefusal(logBatch(ctx, outsider), "not-found", "Logged model with ID 'm-none' not found.");
    const run = await getRun(ctx, runId);
    expect([run.metrics, run.params, run.tags.length]).toEqual([[], [{ key: "bs", value: "32" }], 1]);
  }),
);

test("neither loses points nor deadlocks with eight writers of one run in opposite orders", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { runId } = await newRun(ctx);
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  const write = async (writer: number) => {
    for (let batch = 0; batch < 10; batch++) {
      const points = keys.flatMap((key) => [point(key, writer, batch), point(key, 99, batch)]);
      const metrics = writer % 2 ? points : points.toReversed();
      const tags = (writer % 2 ? keys : keys.toReversed()).map((key) => ({ key, value: String(writer) }));
      await logBatch(ctx, { runId, metrics, tags, params: tags.map(({ key }) => ({ key, value: "same" })) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
  // Each key and step has eight values of single writers, and the one that all wrote.
  expect(await ctx.db.$count(metricPoints)).toBe(20 * 10 * 9);
  const run = await getRun(ctx, runId);
  expect(run.metrics.every(({ value, step }) => value === 99 && step === 9)).toBe(true);
  expect([run.metrics.length, run.params.length]).toEqual([20, 20]);
});

test(
  "pages a history in the order of (time, step, value), NaN last",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const metrics = [3, Number.NaN, 1, 2].flatMap((value) => [point("a", value, 0), point("a", value, 1)]);
    await logBatch(ctx, { ...nothing, runId, metrics });
    const found: unknown[] = [];
    let pageToken: string | undefined;
    do {
      const page = await getMetricHistory(ctx, { runId, key: "a", limit: 3, pageToken });
      found.push(...page.rows.map(({ step, value }) => [step, value]));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(found).toEqual([0, 1].flatMap((step) => [1, 2, 3, "NaN"].map((value) => [step, value])));
    expect((await getMetricHistory(ctx, { runId, key: "none", limit: 3 })).rows).toEqual([]);
    await expectRefusal(getMetricHistory(ctx, { runId: "none", key: "a", limit: 3 }), "not-found");
  }),
);

test(
  "returns histories of several runs by run ID, limited over all of them",
  inWorkspace(async (ctx) => {
    const runIds = [(await newRun(ctx, "a")).runId, (await newRun(ctx, "b")).runId].sort();
    for (const runId of runIds) {
      await logBatch(ctx, { ...nothing, runId, metrics: [point("c", 1, 1), point("c", 1, 0), point("c", 1, 2)] });
    }
    const found = await getMetricHistoryOfRuns(ctx, { runIds: runIds.toReversed(), key: "c", limit: 4 });
    expect(found.map(({ runId, step }) => [runIds.indexOf(runId), step])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ]);
    const outsider = await newWorkspace(ctx.db);
    expect(await getMetricHistoryOfRuns(outsider, { runIds, key: "c", limit: 4 })).toEqual([]);
    expect(await sampleMetricHistory(outsider, { runIds, key: "c", limit: 4 })).toEqual([]);
    await expectRefusal(getMetricHistory(outsider, { runId: runIds[0] ?? "", key: "c", limit: 4 }), "not-found");
  }),
);
