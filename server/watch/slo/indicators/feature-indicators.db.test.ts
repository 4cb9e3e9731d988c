import { expect, test } from "vitest";
import { featureMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { countIndicator } from "./count-indicator.ts";
import { completeSince } from "./log-retention.ts";

/** The beginning of the last hour but one. */
const hour = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;

async function count(ctx: Context, indicator: Indicator) {
  const counts = await countIndicator(ctx, indicator, { from: hour, to: hour + hourMs });
  const minutes = [...counts.total].flatMap((total, at) => (total > 0 ? [[at, `${counts.good[at]}/${total}`]] : []));
  return { minutes: Object.fromEntries(minutes), isApproximate: counts.isApproximate };
}

async function watched(ctx: Context) {
  const { id: viewId } = await newDriverStats(ctx);
  const { workspaceId } = ctx.actor;
  const add = (minute: number, counts: Partial<typeof featureMinutes.$inferInsert>) =>
    ctx.db
      .insert(featureMinutes)
      .values({ workspaceId, viewId, minute: new Date(hour + minute * minuteMs), countedBy: "g", ...counts });
  return { viewId, add };
}

const atLimit = (within: number, seen: number, atLookUp: Record<string, number> = {}) => ({
  ages: { atLookUp, toArrival: {}, atLimits: { "60000": [within, seen] as [number, number] } },
});

test(
  "counts look-ups by the age of their row, of a view, an endpoint, or both, and exactly at the limit",
  inWorkspace(async (ctx) => {
    const { viewId, add } = await watched(ctx);
    const { endpointId } = await newServed(ctx);
    await add(3, { lookUps: 10, found: 8, stale: 1, missing: 1, ...atLimit(7, 9) });
    await add(3, { countedBy: "g2", consumer: endpointId, lookUps: 4, found: 4, ...atLimit(4, 4) });
    await add(9, { lookUps: 2, missing: 2 });
    const of = { kind: "feature-freshness" as const, viewId, endpointId: null, atMostMs: 60_000, countsMissing: false };
    expect(await count(ctx, of)).toEqual({ minutes: { 3: "11/13" }, isApproximate: false });
    expect((await count(ctx, { ...of, countsMissing: true })).minutes).toEqual({ 3: "11/14", 9: "0/2" });
    expect((await count(ctx, { ...of, endpointId })).minutes).toEqual({ 3: "4/4" });
    expect((await count(ctx, { ...of, viewId: null, endpointId })).minutes).toEqual({ 3: "4/4" });
  }),
);

test(
  "estimates minutes that were not counted at the limit from the histogram, and says so",
  inWorkspace(async (ctx) => {
    const { viewId, add } = await watched(ctx);
    // 60,000 ms is 2^(63.49/4): bucket 63, half of which is below the limit.
    await add(3, { lookUps: 30, found: 30, ages: { atLookUp: { 40: 10, 63: 10, 70: 10 }, toArrival: {} } });
    await add(4, { lookUps: 3, found: 3, ...atLimit(1, 1, { 40: 3 }) });
    const of = { kind: "feature-freshness" as const, viewId, endpointId: null, atMostMs: 60_000, countsMissing: false };
    expect(await count(ctx, of)).toEqual({ minutes: { 3: "15/30", 4: "3/3" }, isApproximate: true });
  }),
);

test(
  "counts a minute as good if the newest event was new enough when it ended, and none before the first row",
  inWorkspace(async (ctx) => {
    const { viewId, add } = await watched(ctx);
    const end = (minute: number) => (hour + (minute + 1) * minuteMs) * 1000;
    await add(2, { countedBy: "worker", written: 5 });
    await add(3, { countedBy: "worker", newestEventAt: end(3) - 60_000_000 });
    await add(4, { countedBy: "worker", newestEventAt: end(4) - 60_000_001 });
    await add(5, { countedBy: "worker", newestEventAt: end(5) + 1_000_000 });
    const lag = { kind: "view-lag" as const, viewId, endpointId: null, atMostMs: 60_000 };
    expect(await count(ctx, lag)).toEqual({ minutes: { 3: "1/1", 4: "0/1", 5: "1/1" }, isApproximate: false });
    expect((await count(await newWorkspace(ctx.db), lag)).minutes).toEqual({});
  }),
);

test(
  "does not recount what is no longer kept",
  inWorkspace(async (ctx) => {
    const now = Date.now();
    const lag = { kind: "view-lag" as const, viewId: crypto.randomUUID(), endpointId: null, atMostMs: 1 };
    const [since = 0] = await completeSince(ctx.db, [lag], now);
    expect(now - since).toBeLessThan(35 * dayMs);
    expect(now - since).toBeGreaterThan(34 * dayMs);
  }),
);
