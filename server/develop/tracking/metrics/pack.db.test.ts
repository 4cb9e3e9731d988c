import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { onOneConnection } from "#db/client.ts";
import { metricChunks, metricPoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { seededRandom } from "#server/stats/random.ts";
import { waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
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

/** Stores chunks of two runs, the first of which is purged, so that those of the second have gaps before them. */
async function withGaps() {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const [purged, left] = [await newRun(ctx, "purged"), await newRun(ctx, "left")];
  const metrics = Array.from({ length: 240 }, (_, key) =>
    Array.from({ length: 100 }, (_, step) => point(`k${key}`, Math.sin(step * key), step)),
  ).flat();
  for (const { runId } of [purged, left]) {
    for (let start = 0; start < metrics.length; start += 1000) {
      await logBatch(ctx, { runId, metrics: metrics.slice(start, start + 1000), params: [], tags: [] });
    }
  }
  await purgePoints(ctx, [purged.runId]);
  return { ctx, runId: left.runId, points: metrics.length };
}

test("leaves the rows of a run where they are while its run is locked, and moves them afterwards", async () => {
  const { ctx, runId, points } = await withGaps();
  const places = async () => {
    const { rows } = await ctx.db.execute<{ ctid: string }>(sql`select ctid::text from metric_chunks order by ctid`);
    return rows.map(({ ctid }) => ctid);
  };
  const before = await places();
  await transact(ctx, async (writer) => {
    await writer.db.execute(sql`select from runs where id = ${runId} for no key update`);
    await shrinkMetrics(ctx);
    expect(await places()).toEqual(before);
  });
  await shrinkMetrics(ctx);
  expect(await places()).not.toEqual(before);
  await expectSound(ctx, runId, points);
});

test("leaves the tables alone while another worker, or one that was killed, shrinks them", async () => {
  const { ctx } = await withGaps();
  const places = async () => (await ctx.db.execute(sql`select ctid::text from metric_chunks order by ctid`)).rows;
  const before = await places();
  await onOneConnection(ctx.db, async (other) => {
    await other.execute(sql`select pg_advisory_lock(hashtextextended('shrink metrics', 0))`);
    const jobs = await waitingJobs(ctx);
    await shrinkMetrics(ctx);
    expect(await places()).toEqual(before);
    expect(await waitingJobs(ctx)).toHaveLength(jobs.length + 1);
    // Postgres ends the session, and with it the lock, a moment after the connection is closed.
    await other.execute(sql`select pg_advisory_unlock(hashtextextended('shrink metrics', 0))`);
  });
  await shrinkMetrics(ctx);
  expect(await places()).not.toEqual(before);
});

test("drops the index that an interrupted shrinking left", async () => {
  const { ctx } = await withGaps();
  const invalid = async () => {
    const { rows } = await ctx.db.execute(sql`
      select relname from pg_index join pg_class on pg_class.oid = indexrelid where not indisvalid`);
    return rows.map(({ relname }) => relname);
  };
  // Series begin with the same step, so this fails and leaves what an interrupted build leaves.
  const build = sql`create unique index concurrently metric_chunks_pk_ccnew on metric_chunks (first_step)`;
  await expect(ctx.db.execute(build)).rejects.toThrow();
  expect(await invalid()).toEqual(["metric_chunks_pk_ccnew"]);
  await shrinkMetrics(ctx);
  expect(await invalid()).toEqual([]);
});

test("neither loses nor duplicates points while rows are moved, packed, written and purged at once", async () => {
  const { ctx, runId, points } = await withGaps();
  const other = await newRun(ctx, "other");
  let isPacking = true;
  const shrinking = (async () => {
    while (isPacking) await shrinkMetrics(ctx);
  })();
  for (let round = 0; round < 12; round += 1) {
    const metrics = Array.from({ length: 40 }, (_, index) => point(`k${round}`, 1, 1000 + round * 40 + index));
    await Promise.all([
      logBatch(ctx, { runId, metrics, params: [], tags: [] }),
      logBatch(ctx, { runId: other.runId, metrics, params: [], tags: [] }),
      packRun(ctx, runId, later()),
      purgePoints(ctx, [other.runId], { isMoreToCome: true }),
    ]);
  }
  while (await packRun(ctx, runId, later()));
  isPacking = false;
  await shrinking;
  await purgePoints(ctx, [other.runId]);
  await expectSound(ctx, runId, points + 12 * 40);
  const { rows } = await ctx.db.execute<{ orphans: number }>(sql`
    select count(*) as orphans from metric_chunks where series_id not in (select id from metric_series)`);
  expect(rows[0]?.orphans).toBe(0);
});
