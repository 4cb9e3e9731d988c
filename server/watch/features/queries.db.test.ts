import { expect, test } from "vitest";
import { featureMarks, featureMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { getViewWatch, listViewWatch } from "./queries.ts";

const start = Math.floor(Date.now() / minuteMs) * minuteMs - 60 * minuteMs;

type Row = typeof featureMinutes.$inferInsert;

async function watched(ctx: Context) {
  const view = await newDriverStats(ctx);
  const { workspaceId } = ctx.actor;
  const add = (minute: number, counts: Partial<Row>) =>
    ctx.db.insert(featureMinutes).values({
      workspaceId,
      viewId: view.id,
      minute: new Date(start + minute * minuteMs),
      countedBy: "g1",
      ...counts,
    });
  return { view, add };
}

test(
  "sums up look-ups, ages and arrivals of a view over a time range, by point and consumer",
  inWorkspace(async (ctx) => {
    const { view, add } = await watched(ctx);
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const ages = (atLookUp: Record<string, number>, toArrival = {}) => ({ ages: { atLookUp, toArrival } });
    await add(0, { lookUps: 10, found: 7, stale: 2, missing: 1, nulls: 1, ...ages({ 40: 9 }) });
    await add(0, { countedBy: "g2", consumer: endpointId, lookUps: 30, found: 30, ...ages({ 40: 20, 60: 10 }) });
    await add(30, { consumer: endpointId, lookUps: 5, found: 4, stale: 1, clockAhead: 1, ...ages({ 60: 5 }) });
    const newestEventAt = (start - 10_000) * 1000;
    await add(1, { countedBy: "worker", written: 3, older: 1, ...ages({}, { 80: 3 }), newestEventAt });
    await add(-1, { lookUps: 1_000, found: 1_000 });
    const { workspaceId } = ctx.actor;
    await ctx.db.insert(featureMarks).values({ workspaceId, viewId: view.id, minute: new Date(), newestEventAt });
    const range = { from: new Date(start), to: new Date(start + 60 * minuteMs) };
    const found = await getViewWatch(ctx, { view: view.name, ...range });
    expect(found).toMatchObject({
      serving: { lookUps: 45, found: 41, stale: 3, missing: 1, nulls: 1, clockAhead: 1, withinShare: 41 / 44 },
      arrival: { written: 3, older: 1, rejected: 0 },
      newestEventAt,
      stepMs: minuteMs,
      consumers: [
        { endpointId, endpoint: "churn", lookUps: 35, stale: 1 },
        { endpointId: null, endpoint: null, lookUps: 10 },
      ],
    });
    const { p50, p95 } = found.serving.ageMs;
    expect([Math.floor(4 * Math.log2(p50 ?? 0)), Math.floor(4 * Math.log2(p95 ?? 0))]).toEqual([40, 60]);
    expect(Math.floor(4 * Math.log2(found.arrival.latenessMs.p99 ?? 0))).toBe(80);
    expect(found.points.map(({ at, lookUps, lagMs }) => [(at - start) / minuteMs, lookUps, lagMs])).toEqual([
      [0, 40, null],
      // The minute ended 120 s after its start, and the newest event was 10 s before that.
      [1, 0, 130_000],
      [30, 5, null],
    ]);
    expect(found.lagMs).toBeGreaterThan(60 * minuteMs);
    const { views } = await listViewWatch(ctx, range);
    expect(views).toMatchObject([{ view: view.name, lookUps: 45, withinShare: 41 / 44, written: 3, newestEventAt }]);
    const own = await listViewWatch(ctx, { ...range, endpointId });
    expect(own.views).toMatchObject([{ view: view.name, lookUps: 35, stale: 1, missing: 0, newestEventAt }]);
  }),
);

test(
  "knows nothing of a view that nobody looked up, and refuses ranges that end before they start",
  inWorkspace(async (ctx) => {
    const { view } = await watched(ctx);
    expect(await getViewWatch(ctx, { view: view.name })).toMatchObject({
      serving: { lookUps: 0, withinShare: null, ageMs: { p50: null } },
      newestEventAt: null,
      lagMs: null,
      points: [],
      consumers: [],
    });
    const backwards = { view: view.name, from: new Date(start), to: new Date(start) };
    await expect(getViewWatch(ctx, backwards)).rejects.toMatchObject({ code: "invalid" });
    await expect(getViewWatch(ctx, { view: "nope" })).rejects.toMatchObject({ code: "not-found" });
  }),
);
