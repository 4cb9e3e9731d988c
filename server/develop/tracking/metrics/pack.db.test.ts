import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { metricChunks, metricPoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { seededRandom } from "#server/stats/random.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import { getMetricCurves } from "./curve-queries.ts";
import { getMetricHistory } from "./history-queries.ts";
import { logBatch } from "./log-batch.ts";
import { packMetrics } from "./pack-metrics.ts";
import { idleAfterMs, packRun } from "./pack-run.ts";
import { purgePoints } from "./purge-points.ts";
import { readSample } from "./read-sample.ts";
import { shrinkMetrics } from "./shrink-metrics.ts";
import { sortedSet } from "./stored-point.ts";

const later = () => Date.now() + 2 * idleAfterMs;

async function storedOf(ctx: Context, runId: string) {
  const { rows } = await ctx.db.execute<{ id: number }>(sql`select id from metric_series where run_id = ${runId}`);
  const [id = 0] = rows.map((row) => row.id);
  return (await readSample(ctx, [id], Number.POSITIVE_INFINITY)).get(id) ?? [];
}

/** Expects every point to be stored once, and no two chunks of a series to overlap. */
async function expectSound(ctx: Context, runId: string, count: number): Promise<void> {
  const { rows } = await ctx.db.execute<{ points: number; overlaps: number }>(sql`
    with chunk as (
      select chunk.*, lag((last_step, last_timestamp, last_value)) over (
        partition by series_id order by first_step, first_timestamp, first_value
      ) as before
      from metric_chunks chunk join metric_series series on series.id = series_id where run_id = ${runId}
    )
    select (select coalesce(sum(points), 0)::bigint from chunk) + (
      select count(*) from metric_points join metric_series series on series.id = series_id where run_id = ${runId}
    ) as points,
    (select count(*) from chunk where before >= (first_step, first_timestamp, first_value)) as overlaps`);
  expect(rows[0]).toEqual({ points: count, overlaps: 0 });
}

test.each([1, 2, 3, 4, 5, 6])(
  "stores each point once, whether late, duplicate or NaN, and whenever it is packed: %i",
  (seed) =>
    inWorkspace(async (ctx) => {
      const { runId } = await newRun(ctx);
      const random = seededRandom(seed);
      const whole = (most: number) => Math.floor(random() * most);
      const sent: ReturnType<typeof point>[] = [];
      let step = 0;
      for (let round = 0; round < 14; round++) {
        const isLate = random() < 0.4;
        const size = random() < 0.5 ? 1 + whole(8) : 30 + whole(300);
        const metrics = Array.from({ length: size }, () => {
          const at = isLate ? whole(step + 1) : step++;
          const value = random() < 0.1 ? Number.NaN : whole(5);
          return point("m", value, seed === 3 ? 0 : at, { timestamp: seed === 4 ? 7 : at + whole(3) });
        });
        sent.push(...metrics);
        const batch = { runId, metrics, params: [], tags: [] };
        await logBatch(ctx, batch);
        if (random() < 0.3) await logBatch(ctx, batch);
        if (random() < 0.4) await packRun(ctx, runId, random() < 0.5 ? later() : Date.now());
      }
      const expected = sortedSet(sent.map(({ step, timestamp, value }) => ({ step, timestamp, value })));
      expect(await storedOf(ctx, runId)).toEqual(expected);
      await expectSound(ctx, runId, expected.length);
      while (await packRun(ctx, runId, later()));
      expect(await storedOf(ctx, runId)).toEqual(expected);
      await expectSound(ctx, runId, expected.length);
      expect(await ctx.db.$count(metricPoints)).toBe(0);
      const history: unknown[] = [];
      let pageToken: string | undefined;
      do {
        const page = await getMetricHistory(ctx, { runId, key: "m", limit: 100, pageToken });
        history.push(...page.rows.map(({ timestamp, step, value }) => [timestamp, step, value]));
        pageToken = page.nextPageToken;
      } while (pageToken);
      const byTime = expected.toSorted((a, b) => a.timestamp - b.timestamp);
      expect(history).toEqual(
        byTime.map((one) => [one.timestamp, one.step, Number.isNaN(one.value) ? "NaN" : one.value]),
      );
    })(),
);

test(
  "preserves the extremes of a packed curve, and adds nothing for a repeated batch",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const metrics = Array.from({ length: 900 }, (_, step) => point("m", Math.sin(step) * step, step));
    const batch = { runId, metrics, params: [], tags: [] };
    await logBatch(ctx, batch);
    await packRun(ctx, runId, later());
    await logBatch(ctx, batch);
    await expectSound(ctx, runId, 900);
    const [curve] = await getMetricCurves(ctx, { runIds: [runId], keys: ["m"], maxPoints: 40 });
    const values = metrics.map(({ value }) => value);
    expect(Math.max(...(curve?.points ?? []).map(({ high, value }) => high ?? value ?? 0))).toBe(Math.max(...values));
    expect(Math.min(...(curve?.points ?? []).map(({ low, value }) => low ?? value ?? 0))).toBe(Math.min(...values));
    expect(curve?.totalPoints).toBe(900);
  }),
);

test("neither loses, duplicates nor blocks with eight writers and a packer on one run", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { runId } = await newRun(ctx);
  let isWriting = true;
  const packer = (async () => {
    while (isWriting) await packRun(ctx, runId, later());
  })();
  const write = async (writer: number) => {
    for (let batch = 0; batch < 12; batch++) {
      const metrics = Array.from({ length: 40 }, (_, index) => point("m", index % 3 ? writer : 99, batch * 40 + index));
      await logBatch(ctx, { runId, metrics: batch % 2 ? metrics : metrics.slice(0, 9), params: [], tags: [] });
      await logBatch(ctx, { runId, metrics: batch % 2 ? metrics : metrics.slice(0, 9), params: [], tags: [] });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
  isWriting = false;
  await packer;
  // Every third point is the same of all writers.
  const own = 6 * (26 + 6) * 8;
  await expectSound(ctx, runId, own + 6 * (14 + 3));
});

test("packs idle runs once", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { runId } = await newRun(ctx);
  const metrics = Array.from({ length: 10 }, (_, step) => point("m", step, step));
  await logBatch(ctx, { runId, metrics, params: [], tags: [] });
  await packMetrics(ctx);
  expect(await db.$count(metricChunks)).toBe(0);
  await packMetrics(ctx, later());
  expect([await db.$count(metricChunks), await db.$count(metricPoints)]).toEqual([1, 0]);
  expect((await db.execute(sql`select from runs where needs_packing`)).rowCount).toBe(0);
});

test("frees the storage of purged points, even when others were stored after them", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const [deleted, kept] = [await newRun(ctx, "gone"), await newRun(ctx, "kept")];
  const fill = async (runId: string) => {
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    for (let first = 0; first < 4_000; first += 50) {
      const metrics = keys.flatMap((key) =>
        Array.from({ length: 50 }, (_, index) => point(key, Math.sin(first + index), first + index)),
      );
      await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    }
  };
  const bytes = async () =>
    (
      await db.execute<{ bytes: number }>(sql`
      select pg_total_relation_size('metric_chunks') + pg_total_relation_size('metric_points') as bytes`)
    ).rows[0]?.bytes ?? 0;
  await fill(deleted.runId);
  await fill(kept.runId);
  for (const { runId } of [deleted, kept]) while (await packRun(ctx, runId, later()));
  await shrinkMetrics(ctx);
  const before = await bytes();
  expect(before / 160_000).toBeLessThan(60);
  await purgePoints(ctx, [deleted.runId]);
  await shrinkMetrics(ctx);
  expect(await bytes()).toBeLessThan(before * 0.75);
  await expectSound(ctx, kept.runId, 80_000);
});
