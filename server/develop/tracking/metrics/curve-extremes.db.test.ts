import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { seededRandom } from "#server/stats/random.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import type { Point } from "../log-contract.ts";
import type { CurvePoint } from "./contract.ts";
import { getMetricCurves } from "./curve-queries.ts";
import { logBatch } from "./log-batch.ts";
import { idleAfterMs, packRun } from "./pack-run.ts";

/** Generates a series as runs log them: uneven steps, long gaps, several points at one step, spikes, NaN, times that go back. */
function anyPoints(random: () => number): Point[] {
  const length = 1 + Math.floor(random() * 1_500);
  let step = Math.floor(random() * 10) - 5;
  return Array.from({ length }, (_, index) => {
    const leap = random();
    step += leap < 0.01 ? 500 : leap < 0.1 ? 0 : 1 + Math.floor(random() * 3);
    const spike = random() < 0.004 ? (random() - 0.5) * 1e6 : 0;
    const value = random() < 0.03 ? Number.NaN : random() * 4 - 1 + spike;
    const timestamp = 1_000 + index * 10 - (random() < 0.02 ? 300 : 0);
    return point("loss", value, step, { timestamp });
  });
}

interface Zoom {
  x: "step" | "time";
  from: number;
  to: number;
}

/** Generates zooms: the complete range, and parts of it along both axes, some of them narrow, some beyond the ends. */
function anyZooms(random: () => number, points: readonly Point[]): Zoom[] {
  return (["step", "time"] as const).flatMap((x) => {
    const positions = points.map(({ step, timestamp }) => (x === "step" ? step : timestamp));
    const [low, high] = [Math.min(...positions), Math.max(...positions)];
    const parts = Array.from({ length: 4 }, () => {
      const [a, b] = [low + (random() * 1.2 - 0.1) * (high - low), low + (random() * 1.2 - 0.1) * (high - low)];
      return { x, from: Math.floor(Math.min(a, b)), to: Math.ceil(Math.max(a, b)) };
    });
    return [{ x, from: low, to: high }, ...parts];
  });
}

/** Stores a copy of the points as they were logged, for comparison with their stored form. */
async function copyOf(ctx: Context, points: readonly Point[]): Promise<void> {
  const column = (read: (point: Point) => number) => sql.param(points.map(read));
  await ctx.db.execute(sql`drop table if exists logged`);
  await ctx.db.execute(sql`create temp table logged as select * from unnest(
    ${column(({ step }) => step)}::bigint[], ${column(({ timestamp }) => timestamp)}::bigint[],
    ${column(({ value }) => value)}::double precision[]) as logged (step, timestamp, value)`);
}

/** Computes the extremes of the points themselves in Postgres; undefined when none is a number. */
async function extremesOf(ctx: Context, { x, from, to }: Zoom) {
  const index = x === "step" ? sql`step` : sql`timestamp`;
  const { rows } = await ctx.db.execute<{ low: number | null; high: number | null; nans: number }>(sql`
    select min(value) filter (where value <> 'NaN') as low, max(value) filter (where value <> 'NaN') as high,
      count(*) filter (where value = 'NaN') as nans
    from logged where ${index} between ${from} and ${to}`);
  const { low = null, high = null, nans = 0 } = rows[0] ?? {};
  return { extremes: low === null || high === null ? undefined : [low, high], hasNan: Number(nans) > 0 };
}

/** Returns the vertical range of a chart of the curve: its line and the band behind it. */
function spanOf(points: readonly CurvePoint[]) {
  const numbers = points.flatMap(({ value, low, high }) => [value, low, high]).filter((one) => typeof one === "number");
  const hasNan = points.some(({ value }) => value === null);
  return { extremes: numbers.length > 0 ? [Math.min(...numbers), Math.max(...numbers)] : undefined, hasNan };
}

test(
  "preserves the extremes of random runs in the curve, complete and zoomed, before and after packing",
  inWorkspace(async (ctx) => {
    for (let seed = 1; seed <= 16; seed += 1) {
      const random = seededRandom(seed);
      const points = anyPoints(random);
      const { runId } = await newRun(ctx, `run ${seed}`);
      for (let first = 0; first < points.length; first += 1_000)
        await logBatch(ctx, { runId, metrics: points.slice(first, first + 1_000), params: [], tags: [] });
      await copyOf(ctx, points);
      const requested = anyZooms(random, points).map((zoom) => ({ zoom, maxPoints: 4 + Math.floor(random() * 300) }));
      const expected: Awaited<ReturnType<typeof extremesOf>>[] = [];
      for (const { zoom } of requested) expected.push(await extremesOf(ctx, zoom));
      const drawn = async () => {
        const spans = [];
        for (const { zoom, maxPoints } of requested) {
          const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["loss"], maxPoints, ...zoom });
          expect(curve?.points.length ?? 0, `seed ${seed}`).toBeLessThanOrEqual(maxPoints);
          const positions = (curve?.points ?? []).map(({ step, timestamp }) => (zoom.x === "step" ? step : timestamp));
          expect(positions, `seed ${seed}`).toEqual(positions.toSorted((a, b) => a - b));
          spans.push(spanOf(curve?.points ?? []));
        }
        return spans;
      };
      expect(await drawn(), `seed ${seed}`).toEqual(expected);
      while (await packRun(ctx, runId, Date.now() + 2 * idleAfterMs));
      expect(await drawn(), `seed ${seed}, packed`).toEqual(expected);
    }
  }),
);
