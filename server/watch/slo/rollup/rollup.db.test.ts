import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { servingWindows, sliHours, sliSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { countAllHistory, newLogged, newServed, newSlo } from "../../../testing/fixtures/slo/testing.ts";
import { countSeries, dueSeries } from "./count-series.ts";
import { deleteOldHours } from "./delete-old-hours.ts";
import { ensureSeries } from "./ensure-series.ts";
import { postCounts } from "./post-counts.ts";
import { readSeries, readSeriesByVersion } from "./read-series.ts";

const now = Date.now();
const ago = (ms: number) => new Date(Math.floor((now - ms) / 10_000) * 10_000);

async function sums(ctx: Context, seriesId: string, reachMs = 40 * dayMs) {
  const { good, total } = await readSeries(ctx, seriesId, { from: now - reachMs, to: now + hourMs });
  const sum = (counts: Float64Array) => counts.reduce((all, count) => all + count, 0);
  return `${sum(good)}/${sum(total)}`;
}

async function count(ctx: Context, at: number) {
  return countSeries(ctx.db, await dueSeries(ctx.db, at), at);
}

async function seriesOf(ctx: Context, id: string) {
  const [row] = await ctx.db.select().from(sliSeries).where(eq(sliSeries.id, id));
  return row;
}

test(
  "packs minutes into hours by version idempotently, and adds late data on arrival",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, nextVersionId } = await newServed(ctx);
    const { seriesId } = await newSlo(ctx, { kind: "availability", endpointId });
    await addWindow(ctx, { endpointId, versionId, windowStart: ago(0), latenciesMs: [1, 2], failures: { "500": 1 } });
    await addWindow(ctx, { endpointId, versionId: nextVersionId, windowStart: ago(2 * hourMs), latenciesMs: [1] });
    expect(await count(ctx, now)).toBe(1);
    expect(await count(ctx, now)).toBe(0);
    expect(await sums(ctx, seriesId)).toBe("3/4");
    expect(await count(ctx, now + 10_000)).toBe(1);
    expect(await sums(ctx, seriesId)).toBe("3/4");
    const versions = await readSeriesByVersion(ctx, seriesId, { from: now - dayMs, to: now + minuteMs });
    const totals = [...versions].map(([id, { total }]) => [id, total.reduce((all, count) => all + count, 0)]);
    expect(Object.fromEntries(totals)).toEqual({ [versionId]: 3, [nextVersionId]: 1 });
    // A disconnected gateway reports data from an hour and a half ago: the next longer evaluation finds it, and marks an old hour as
    // changed.
    await addWindow(ctx, {
      endpointId,
      versionId,
      windowStart: ago(1.5 * hourMs),
      latenciesMs: [1],
      gatewayId: "late",
    });
    await count(ctx, now + 11 * minuteMs);
    expect(await sums(ctx, seriesId)).toBe("4/5");
    const { revision = 0 } = (await seriesOf(ctx, seriesId)) ?? {};
    await addWindow(ctx, { endpointId, versionId, windowStart: ago(20 * hourMs), latenciesMs: [1] });
    await count(ctx, now + 71 * minuteMs);
    expect(await sums(ctx, seriesId)).toBe("5/6");
    expect((await seriesOf(ctx, seriesId))?.revision).toBe(revision + 1);
    // Corrections at the source are applied here.
    await ctx.db
      .update(servingWindows)
      .set({ requests: 0, failures: {} })
      .where(eq(servingWindows.windowStart, ago(0)));
    await count(ctx, now + 82 * minuteMs);
    expect(await sums(ctx, seriesId)).toBe("3/3");
  }),
);

test(
  "counts history week by week up to a quarter, and reports until when latencies are approximate",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const { seriesId } = await newSlo(ctx, { kind: "latency", endpointId, withinMs: 100, countsFailures: false });
    await addWindow(ctx, { endpointId, versionId, windowStart: ago(30 * dayMs), latenciesMs: [1, 200] });
    await addWindow(ctx, { endpointId, versionId, windowStart: ago(100 * dayMs), latenciesMs: [1] });
    expect(await countAllHistory(ctx, now)).toBe(0);
    await count(ctx, now);
    expect(await sums(ctx, seriesId)).toBe("0/0");
    expect(await countAllHistory(ctx, now)).toBe(13);
    expect(await sums(ctx, seriesId, 120 * dayMs)).toBe("1/2");
    const minute = Math.floor(ago(30 * dayMs).getTime() / minuteMs) * minuteMs;
    expect((await seriesOf(ctx, seriesId))?.approximateUntil?.getTime()).toBe(minute + minuteMs);
  }),
);

test(
  "keeps counts of predictions that the log has deleted",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const maturityMs = hourMs;
    const indicator = { kind: "realised-quality" as const, endpointId, maturityMs, tolerance: null };
    const { seriesId } = await newSlo(ctx, indicator);
    await ctx.db.execute(sql`update endpoints set capture = '{"retentionDays": 3}'`);
    await newLogged(ctx, { endpointId, versionId, at: ago(20 * hourMs), answer: "1", label: "1" });
    await count(ctx, now);
    await countAllHistory(ctx, now);
    expect(await sums(ctx, seriesId)).toBe("1/1");
    await ctx.db.execute(sql`delete from predictions`);
    await count(ctx, now + 4 * dayMs);
    expect(await sums(ctx, seriesId)).toBe("1/1");
  }),
);

test(
  "creates one series per indicator and threshold, and does not count series without an active SLO",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const latency = { kind: "latency" as const, endpointId, withinMs: 100, countsFailures: false };
    const id = await ensureSeries(ctx, latency);
    expect(await ensureSeries(ctx, latency)).toBe(id);
    expect(await ensureSeries(ctx, { ...latency, withinMs: 200 })).not.toBe(id);
    expect(await ensureSeries(ctx, { kind: "foreign", spec: {} })).toBeNull();
    const elsewhere = { ...latency, endpointId: "00000000-0000-4000-8000-000000000000" };
    await expect(ensureSeries(ctx, elsewhere)).rejects.toThrow("not found. See Endpoints");
    expect(await count(ctx, now)).toBe(0);
  }),
);

test(
  "replaces only the posted minutes, visible to readers immediately",
  inWorkspace(async (ctx) => {
    await newServed(ctx);
    const { seriesId } = await newSlo(ctx, { kind: "posted", source: "shop", endpointId: null });
    const minute = (ms: number) => new Date(now - ms);
    const first = [
      { minute: minute(hourMs), good: 9, total: 10 },
      { minute: minute(0), good: 1, total: 2, model: "digits", version: 1 },
      { minute: minute(0), good: 2, total: 2, model: "digits", version: 2 },
    ];
    expect(await postCounts(ctx, { source: "shop", counts: first })).toEqual({ minutes: 2, isUsed: true });
    expect(await postCounts(ctx, { source: "shop", counts: first })).toEqual({ minutes: 2, isUsed: true });
    expect(await sums(ctx, seriesId)).toBe("12/14");
    await postCounts(ctx, { source: "shop", counts: [{ minute: minute(0), good: 5, total: 5 }] });
    expect(await sums(ctx, seriesId)).toBe("14/15");
    expect(await postCounts(ctx, { source: "other", counts: first })).toEqual({ minutes: 2, isUsed: false });
    const refuse = (one: object) =>
      postCounts(ctx, { source: "shop", counts: [{ minute: minute(0), good: 1, total: 2, ...one }] });
    await expect(refuse({ good: 3 })).rejects.toThrow("good cannot be greater than total");
    await expect(refuse({ minute: minute(-hourMs) })).rejects.toThrow("is in the future");
    await expect(refuse({ minute: minute(401 * dayMs) })).rejects.toThrow("kept for 400 days");
    await expect(refuse({ model: "digits", version: 9 })).rejects.toThrow("not found");
    await expect(refuse({ model: "digits" })).rejects.toThrow("Specify both");
  }),
);

test(
  "deletes hours after 400 days",
  inWorkspace(async (ctx) => {
    await postCounts(ctx, { source: "shop", counts: [{ minute: new Date(now), good: 1, total: 1 }] });
    await deleteOldHours(ctx, new Date(now + 399 * dayMs));
    expect(await ctx.db.select().from(sliHours)).toHaveLength(1);
    await deleteOldHours(ctx, new Date(now + 401 * dayMs));
    expect(await ctx.db.select().from(sliHours)).toHaveLength(0);
  }),
);
