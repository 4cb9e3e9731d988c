import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { servingHours, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { getLatencyHeatMap } from "#server/respond/debug/heat-map-queries.ts";
import { addTo } from "#server/stats/histogram.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { getEndpointSeries } from "../series/queries.ts";
import { sumTraffic } from "../series/window-sums.ts";
import { storeWindows } from "../telemetry/store-windows.ts";
import { emptyCounts, type WindowCounts } from "../telemetry/window-counts.ts";
import { rollUpWindows } from "./roll-up-windows.ts";
import type { TrafficSpan } from "./traffic-source.ts";

const { db } = await freshDatabase();
/** Start of a complete day in the past. */
const start = Math.floor(Date.now() / dayMs) * dayMs - dayMs;
const hours = 6;
const at = (ms: number) => new Date(start + ms);
/** Runs the job that checks the last two days. */
const evaluate = (ctx: Context, atMs: number) => rollUpWindows(ctx, start + atMs + 30 * 60_000);
const thorough = (ctx: Context, atMs: number) => rollUpWindows(ctx, Math.floor((start + atMs) / hourMs) * hourMs);

interface Fixture {
  ctx: Context;
  endpointId: string;
  versions: string[];
}

async function createFixture(): Promise<Fixture> {
  const ctx = await newWorkspace(db);
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  return { ctx, endpointId, versions: [randomUUID(), randomUUID()] };
}

/** Generates windows of one gateway: with gaps, in several arms and versions, some without a request. */
function drawWindows(
  { ctx, endpointId, versions }: Fixture,
  seed: number,
  from = 0,
  to = hours * hourMs,
): WindowCounts[] {
  const random = seededRandom(seed);
  const pick = <Choice>(of: readonly Choice[]) => of[Math.floor(random() * of.length)] as Choice;
  const windows: WindowCounts[] = [];
  for (let offset = from; offset < to; offset += 10_000) {
    if (random() < 0.7) continue;
    const key = {
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      versionId: pick(versions),
      arm: pick(["stable", "stable", "canary", "shadow"] as const),
      provider: pick(["cpu", "cuda", "none"]),
    };
    const counts = emptyCounts(key, start + offset);
    counts.requests = Math.floor(random() * 4);
    if (counts.requests > 1 && random() < 0.3) counts.failures = { [pick(["400", "500", "504"])]: 1 };
    for (let request = 0; request < counts.requests; request += 1) addTo(counts.latencyBuckets, 10 ** (3 * random()));
    // Sums of eighths have no rounding error, in any order of addition.
    counts.queueSumMs = Math.floor(100 * random()) / 8;
    counts.computeSumMs = Math.floor(100 * random()) / 8;
    counts.cacheHits = Math.floor(random() * 3);
    counts.coalesced = Math.floor(random() * 2);
    windows.push(counts);
  }
  return windows;
}

const hourOf = sql`(floor(extract(epoch from window_start) / 3600) * 3600)::bigint`;
const keys = [
  sql`to_jsonb(0)`,
  sql`to_jsonb(arm)`,
  sql`jsonb_build_array(${hourOf}, version_id, arm)`,
  sql`jsonb_build_array(version_id, provider)`,
];

function spansOf(endpointId: string): TrafficSpan[] {
  const ragged = { endpointId, from: at(17 * 60_000 + 20_000), to: at(5 * hourMs - 10_000) };
  return [
    { endpointId, from: at(0), to: at(hours * hourMs) },
    ragged,
    { ...ragged, only: sql`arm <> 'shadow'` },
    { endpointId, from: at(2 * hourMs + 600_000), to: at(2 * hourMs + 1_200_000) },
    { endpointId, from: at(-hourMs), to: at(2 * dayMs) },
  ];
}

const tenOf = sql`to_jsonb((floor(extract(epoch from window_start) / 600) * 600)::bigint)`;

/** Holds each sum out of hours and of ten minutes against that of windows. */
async function expectSame({ ctx, endpointId }: Fixture): Promise<void> {
  for (const span of spansOf(endpointId)) {
    for (const key of [...keys, tenOf]) {
      const exact = await sumTraffic(ctx, span, "window", key);
      expect(exact.length).toBeGreaterThan(0);
      expect(await sumTraffic(ctx, span, "ten-minutes", key)).toEqual(exact);
      if (key !== tenOf) expect(await sumTraffic(ctx, span, "hour", key)).toEqual(exact);
    }
  }
}

function hoursKept({ ctx, endpointId }: Fixture): Promise<number> {
  return ctx.db.$count(
    ctx.db
      .selectDistinct({ hour: servingHours.hour })
      .from(servingHours)
      .where(sql`endpoint_id = ${endpointId}`)
      .as("kept"),
  );
}

test.each([1, 2, 3])(
  "returns the same sums from hours and windows, before, during and after aggregation (seed %i)",
  async (seed) => {
    const fixture = await createFixture();
    const { ctx, endpointId } = fixture;
    for (const gateway of [1, 2]) await storeWindows(db, `g${gateway}`, drawWindows(fixture, 10 * seed + gateway));
    const pages = async () => [
      await getEndpointSeries(ctx, { endpointId, from: at(0), to: at(hours * hourMs), stepSeconds: 3600 }),
      await getEndpointSeries(ctx, { endpointId, from: at(4 * hourMs - 70_000), to: at(6 * hourMs), stepSeconds: 600 }),
      await getLatencyHeatMap(ctx, { endpointId, from: at(-6 * dayMs), to: at(hours * hourMs) }),
    ];
    const before = await pages();
    for (const [passed, kept] of [
      [0, 0],
      [2.5, 2],
      [4, 4],
      [8, hours],
    ] as const) {
      // A minute after an hour's end its last windows may still be on their way.
      await rollUpWindows(ctx, start + passed * hourMs + 60_000);
      await rollUpWindows(ctx, start + passed * hourMs + 180_000);
      expect(await hoursKept(fixture)).toBe(kept);
      await expectSame(fixture);
      expect(await pages()).toEqual(before);
    }
  },
);

test("counts late windows immediately, and aggregates their hours again", async () => {
  const fixture = await createFixture();
  const { ctx, endpointId } = fixture;
  await storeWindows(db, "g1", drawWindows(fixture, 1));
  await evaluate(ctx, 8 * hourMs);
  const [before] = await sumTraffic(ctx, spansOf(endpointId)[0] as TrafficSpan, "hour", sql`to_jsonb(0)`);
  const late = drawWindows(fixture, 2, hourMs, 3 * hourMs);
  await storeWindows(db, "away", late);
  expect(await hoursKept(fixture)).toBe(hours - 2);
  await expectSame(fixture);
  const [after] = await sumTraffic(ctx, spansOf(endpointId)[0] as TrafficSpan, "hour", sql`to_jsonb(0)`);
  const brought = late.reduce((sum, { requests }) => sum + requests, 0);
  expect(after?.requests).toBe((before?.requests ?? 0) + brought);
  // Later with higher counts, and repeated.
  const more = late.map((window) => ({ ...window, requests: window.requests + 1 }));
  for (let times = 0; times < 2; times += 1) await storeWindows(db, "away", more);
  await evaluate(ctx, 8 * hourMs);
  expect(await hoursKept(fixture)).toBe(hours);
  await expectSame(fixture);
});

test("aggregates an hour only after its concurrent writer has committed, completely", async () => {
  const fixture = await createFixture();
  const { ctx } = fixture;
  await storeWindows(db, "g1", drawWindows(fixture, 1));
  let adding: Promise<void> | undefined;
  await db.transaction(async (tx) => {
    await storeWindows(tx, "g2", drawWindows(fixture, 2));
    adding = evaluate(ctx, 8 * hourMs);
    for (let waiting = 0; waiting === 0; ) {
      const { rows } = await tx.execute<{ count: number }>(
        sql`select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
      );
      waiting = rows[0]?.count ?? 0;
    }
  });
  await adding;
  expect(await hoursKept(fixture)).toBe(hours);
  await expectSame(fixture);
});

test("aggregates idempotently and concurrently, older hours on the hour, and deletes them after two years", async () => {
  const fixture = await createFixture();
  const { ctx, endpointId } = fixture;
  await storeWindows(db, "g1", drawWindows(fixture, 1));
  await Promise.all([evaluate(ctx, 8 * hourMs), evaluate(ctx, 8 * hourMs)]);
  const rows = await db.select().from(servingHours).where(sql`endpoint_id = ${endpointId}`);
  await evaluate(ctx, 8 * hourMs);
  expect(await db.select().from(servingHours).where(sql`endpoint_id = ${endpointId}`)).toEqual(rows);
  await db.delete(servingHours);
  await evaluate(ctx, 4 * dayMs);
  expect(await hoursKept(fixture)).toBe(0);
  await thorough(ctx, 4 * dayMs);
  expect(await hoursKept(fixture)).toBe(hours);
  await thorough(ctx, 730 * dayMs + 3 * hourMs);
  expect(await hoursKept(fixture)).toBe(hours - 3);
  await expectSame(fixture);
});

test("reads complete hours without their windows, but not the ends of a time range", async () => {
  const fixture = await createFixture();
  const { ctx, endpointId } = fixture;
  await storeWindows(db, "g1", drawWindows(fixture, 1));
  await evaluate(ctx, 8 * hourMs);
  const sum = (to: number) =>
    sumTraffic(ctx, { endpointId, from: at(hourMs), to: at(to) }, "hour", sql`jsonb_build_array(version_id, arm)`);
  const [whole, ragged] = [await sum(4 * hourMs), await sum(4 * hourMs + 600_000)];
  expect(ragged).not.toEqual(whole);
  await db.delete(servingWindows).where(sql`endpoint_id = ${endpointId}`);
  expect(await sum(4 * hourMs)).toEqual(whole);
  const byTen = { endpointId, from: at(hourMs), to: at(4 * hourMs + 600_000) };
  expect(await sumTraffic(ctx, byTen, "ten-minutes", sql`jsonb_build_array(version_id, arm)`)).toEqual(ragged);
  expect(await sum(4 * hourMs + 600_000)).toEqual(whole);
});

test("does not read hours of another workspace", async () => {
  const fixture = await createFixture();
  const outsider = await newWorkspace(db);
  await storeWindows(db, "g1", drawWindows(fixture, 1));
  await evaluate(fixture.ctx, 8 * hourMs);
  const span = { endpointId: fixture.endpointId, from: at(0), to: at(hours * hourMs) };
  expect(await sumTraffic(outsider, span, "hour", sql`to_jsonb(0)`)).toEqual([]);
});
