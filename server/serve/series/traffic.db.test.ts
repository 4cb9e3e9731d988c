import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { predictions, servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addWindow, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { listEndpoints } from "../endpoints/endpoint-queries.ts";
import { recordLabels } from "../labels/record-labels.ts";
import { listPredictions } from "../predictions/queries.ts";
import { findNearestTraffic } from "./find-nearest-traffic.ts";
import { getEndpointSeries } from "./queries.ts";

const start = Date.parse("2026-03-01T12:00:00Z");
const at = (seconds: number) => new Date(start + seconds * 1000);

test(
  "sums gateways and windows per step, with a gap for no rows and zero for no requests",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { id: versionId } = await newVersion(ctx, { version: 7 });
    const window = { endpointId, versionId };
    await addWindow(ctx, { ...window, windowStart: at(0), latenciesMs: [10, 10, 10, 100], failures: { 503: 1 } });
    await addWindow(ctx, { ...window, windowStart: at(0), latenciesMs: [10], gatewayId: "g2" });
    await addWindow(ctx, { ...window, windowStart: at(10), latenciesMs: [10, 10, 10], failures: { 400: 2 } });
    await addWindow(ctx, { ...window, windowStart: at(40) });
    const series = await getEndpointSeries(ctx, { endpointId, from: at(0), to: at(60), stepSeconds: 20 });
    expect(series.versions).toMatchObject([{ versionId, modelName: "digits", version: 7, total: { requests: 11 } }]);
    expect(series.points).toMatchObject([
      {
        at: at(0),
        requests: 11,
        requestsPerSecond: 11 / 20,
        serverErrors: 1,
        clientErrors: 2,
        latencyMsP50: expect.closeTo(10, 0),
        latencyMsP99: expect.closeTo(100, -1),
        queueMsMean: 2,
        computeMsMean: 5,
      },
      { at: at(40), requests: 0, requestsPerSecond: 0, latencyMsP50: null, queueMsMean: null },
    ]);
  }),
);

test(
  "separates versions, and excludes the end of the range and the open window",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const [one, two] = [await newVersion(ctx, { version: 1 }), await newVersion(ctx, { version: 2 })];
    await addWindow(ctx, { endpointId, versionId: one.id, windowStart: at(0), latenciesMs: [1] });
    await addWindow(ctx, { endpointId, versionId: two.id, windowStart: at(0), latenciesMs: [1, 1] });
    await addWindow(ctx, { endpointId, versionId: two.id, windowStart: at(10), latenciesMs: [1] });
    const series = await getEndpointSeries(ctx, { endpointId, from: at(0), to: at(10), stepSeconds: 10 });
    expect(new Map(series.points.map((point) => [point.versionId, point.requests]))).toEqual(
      new Map([
        [one.id, 1],
        [two.id, 2],
      ]),
    );
    const now = Date.now();
    await addWindow(ctx, { endpointId, versionId: one.id, windowStart: new Date(now), latenciesMs: [1] });
    const from = new Date(now - 1000);
    const open = await getEndpointSeries(ctx, { endpointId, from, to: new Date(now + 60_000), stepSeconds: 10 });
    expect(open.points).toEqual([]);
  }),
);

test(
  "rejects a series with too many steps",
  inWorkspace(async (ctx) => {
    const range = { endpointId: randomUUID(), from: at(0), to: at(86_400) };
    await expect(getEndpointSeries(ctx, { ...range, stepSeconds: 10 })).rejects.toMatchObject({ name: "ZodError" });
    await expect(getEndpointSeries(ctx, { ...range, stepSeconds: 60 })).resolves.toMatchObject({ points: [] });
  }),
);

test(
  "lists endpoints with the last minutes of traffic, and null without traffic",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "busy" });
    await createEndpoint(ctx, { name: "idle" });
    const { id: versionId } = await newVersion(ctx);
    const windowStart = new Date(Date.now() - 60_000);
    await addWindow(ctx, { endpointId, versionId, windowStart, latenciesMs: [8, 8, 8], failures: { 500: 1 } });
    const { endpoints } = await listEndpoints(ctx);
    expect(endpoints.map((endpoint) => endpoint.recent)).toEqual([
      { requestsPerSecond: 0.4, errorShare: 0.25, latencyMsP95: expect.closeTo(8, 0) },
      { requestsPerSecond: null, errorShare: null, latencyMsP95: null },
    ]);
  }),
);

async function addPrediction(ctx: Context, endpointId: string, values: Partial<typeof predictions.$inferInsert> = {}) {
  const { workspaceId } = ctx.actor;
  const ids = { id: randomUUID(), versionId: randomUUID(), requestId: randomUUID() };
  const rest = { arm: "stable" as const, at: at(0), status: 200, provider: "cpu", latencyMs: 3 };
  await ctx.db.insert(predictions).values({ workspaceId, endpointId, ...ids, ...rest, ...values });
}

test(
  "lists predictions newest first, page by page, with labels reported later",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const outputs = [{ name: "y", datatype: "FP32", shape: [1], data: [0.5] }];
    for (const seconds of [0, 1, 1, 2]) await addPrediction(ctx, endpointId, { at: at(seconds), outputs });
    await addPrediction(ctx, endpointId, { at: at(3), requestId: "r1", status: 500, error: "The model failed." });
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "r1", label: "7", observedAt: at(9) }] });
    const first = await listPredictions(ctx, { endpointId, limit: 3 });
    expect(first.predictions[0]).toMatchObject({ requestId: "r1", status: 500, label: "7", labelObservedAt: at(9) });
    expect(first.predictions[1]).toMatchObject({ at: at(2), outputs, label: null, modelName: null });
    const { id } = first.predictions[1] ?? {};
    expect((await listPredictions(ctx, { endpointId, id })).predictions).toMatchObject([{ id, at: at(2) }]);
    const second = await listPredictions(ctx, { endpointId, limit: 3, cursor: first.next });
    expect(second.next).toBeUndefined();
    const all = [...first.predictions, ...second.predictions];
    expect(all.map((prediction) => prediction.at)).toEqual([at(3), at(2), at(1), at(1), at(0)]);
    expect(new Set(all.map((prediction) => prediction.id)).size).toBe(5);
    expect((await listPredictions(ctx, { endpointId, failed: true })).predictions).toHaveLength(1);
    expect((await listPredictions(ctx, { endpointId, from: at(1), to: at(3) })).predictions).toHaveLength(3);
    await expect(listPredictions(ctx, { endpointId, cursor: "1; drop" })).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "neither returns nor labels traffic of another workspace",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { id: endpointId } = await createEndpoint(other, { name: "digits" });
    await addWindow(other, { endpointId, versionId: randomUUID(), windowStart: at(0), latenciesMs: [1] });
    await addPrediction(other, endpointId);
    const range = { endpointId, from: at(0), to: at(60), stepSeconds: 10 };
    expect((await getEndpointSeries(other, range)).points).toHaveLength(1);
    expect((await getEndpointSeries(ctx, range)).points).toEqual([]);
    expect((await listPredictions(ctx, { endpointId })).predictions).toEqual([]);
    const labels = [{ requestId: "r1", label: "1" }];
    await expect(recordLabels(ctx, { endpointId, labels })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "returns the last hour of an endpoint in twelve steps, with gaps for steps without a row",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { id: versionId } = await newVersion(ctx);
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await addWindow(ctx, { endpointId, versionId, windowStart: minutesAgo(58), latenciesMs: [1, 1] });
    await addWindow(ctx, { endpointId, versionId, windowStart: minutesAgo(57), latenciesMs: [1, 1], gatewayId: "g2" });
    await addWindow(ctx, { endpointId, versionId, windowStart: minutesAgo(2) });
    await addWindow(ctx, { endpointId, versionId, windowStart: minutesAgo(70), latenciesMs: [1] });
    const [summary] = (await listEndpoints(ctx)).endpoints;
    expect(summary?.lastHour).toEqual([0.2, ...new Array(10).fill(null), 0]);
  }),
);

test(
  "totals the time range once across versions and gateways, without shadow requests",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const [one, two] = [await newVersion(ctx, { version: 1 }), await newVersion(ctx, { version: 2 })];
    const window = { endpointId, windowStart: at(0) };
    await addWindow(ctx, { ...window, versionId: one.id, latenciesMs: [10, 10, 10], failures: { 500: 1 } });
    await addWindow(ctx, { ...window, versionId: two.id, latenciesMs: [100], gatewayId: "g2" });
    await addWindow(ctx, { ...window, versionId: two.id, windowStart: at(10), latenciesMs: [100] });
    await addWindow(ctx, { ...window, versionId: one.id, windowStart: at(-10), latenciesMs: [5, 5] });
    await ctx.db.insert(servingWindows).values({
      ...window,
      versionId: two.id,
      workspaceId: ctx.actor.workspaceId,
      arm: "shadow",
      gatewayId: "g1",
      requests: 50,
      rows: 50,
      failures: {},
      latencyBuckets: {},
      latencySumMs: 0,
      queueSumMs: 0,
      computeSumMs: 0,
    });
    const { total, before, versions, steps } = await getEndpointSeries(ctx, {
      endpointId,
      from: at(0),
      to: at(60),
      stepSeconds: 60,
    });
    expect(total).toMatchObject({ requests: 6, requestsPerSecond: 0.3, serverErrors: 1 });
    expect(total.latencyMsP99).toBeCloseTo(100, -1);
    expect(versions.map(({ version, total }) => [version, total.requests, total.requestsPerSecond])).toEqual([
      [1, 4, 0.4],
      [2, 2, 0.1],
    ]);
    expect(steps).toMatchObject([{ at: at(0), coveredSeconds: 20, requests: 6, requestsPerSecond: 0.3 }]);
    expect(before).toMatchObject({ requests: 2, requestsPerSecond: 0.2, latencyMsP50: expect.closeTo(5, 0) });
  }),
);

test(
  "returns null, not zero, as rate and latency of a time range without rows",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { total } = await getEndpointSeries(ctx, { endpointId, from: at(0), to: at(60), stepSeconds: 60 });
    expect(total).toMatchObject({ requests: 0, requestsPerSecond: null, latencyMsP95: null });
  }),
);

test(
  "finds when requests came nearest to a range without any",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { id: versionId } = await newVersion(ctx, { version: 1 });
    const span = (from: number, to: number) => ({ endpointId, from: at(from), to: at(to) });
    expect(await findNearestTraffic(ctx, span(0, 60))).toBeNull();
    await addWindow(ctx, { endpointId, versionId, windowStart: at(100), latenciesMs: [10] });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(200), latenciesMs: [10] });
    await addWindow(ctx, { endpointId, versionId, windowStart: at(250) });
    expect(await findNearestTraffic(ctx, span(0, 60))).toEqual(at(100));
    expect(await findNearestTraffic(ctx, span(300, 360))).toEqual(at(200));
    expect(await findNearestTraffic(await newWorkspace(ctx.db), span(300, 360))).toBeNull();
  }),
);
