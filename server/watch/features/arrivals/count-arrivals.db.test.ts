import { asc, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { featureFiles, featureMarks, featureMinutes, featureValueHours } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { minuteMs } from "#server/base/durations.ts";
import { settleRestoredHistory } from "#server/develop/features/history/restored-history.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { countArrivals } from "./count-arrivals.ts";

async function newView(ttlUs: number | null = null) {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx, { ttlUs });
  const count = async (afterMs = 0) => countArrivals(db, [view.id], (await databaseNow(db)) + afterMs);
  const write = (rows: [unknown, unknown, unknown][], isHistoryOnly = false) =>
    writeFeatures(ctx, { view: view.name, columns: driverRows(rows), isHistoryOnly });
  const minutes = () =>
    db.select().from(featureMinutes).where(eq(featureMinutes.viewId, view.id)).orderBy(asc(featureMinutes.minute));
  const sums = async () => {
    const rows = await minutes();
    const lateness: Record<string, number> = {};
    for (const { ages } of rows)
      for (const [bucket, rows] of Object.entries(ages?.toArrival ?? {}))
        lateness[bucket] = (lateness[bucket] ?? 0) + rows;
    return {
      written: rows.reduce((sum, { written }) => sum + written, 0),
      older: rows.reduce((sum, { older }) => sum + older, 0),
      lateness,
    };
  };
  return { db, ctx, view, count, write, minutes, sums };
}

const ago = (ms: number) => new Date(Date.now() - ms);

test("counts each arrival once, by what became the newest, and how late it was", async () => {
  const { count, write, sums } = await newView();
  await write([[1, ago(10_000), 1]]);
  await count();
  // What is there when a view is first seen is not counted.
  expect(await sums()).toEqual({ written: 0, older: 0, lateness: {} });
  await write([
    [2, ago(10_000), 1],
    [3, ago(3_600_000), 1],
  ]);
  await count();
  await write([[3, ago(7_200_000), 1]]);
  await write([[4, ago(1_000), 1]], true);
  await count();
  await count();
  const { written, older, lateness } = await sums();
  expect({ written, older }).toEqual({ written: 2, older: 2 });
  // 10 s is 2^13.29 ms, an hour 2^21.78 ms.
  expect(lateness).toEqual({ 53: 1, 87: 1 });
});

test("counts what was committed late, after later transactions were counted", async () => {
  const { db, ctx, view, count, write, sums } = await newView();
  await count();
  const isWritten = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const slow = db.transaction(async (tx) => {
    await writeFeatures({ ...ctx, db: tx }, { view: view.name, columns: driverRows([[7, ago(5_000), 1]]) });
    isWritten.resolve();
    await mayEnd.promise;
  });
  await isWritten.promise;
  await write([[8, ago(5_000), 1]]);
  await count();
  mayEnd.resolve();
  await slow;
  await count();
  await count();
  expect(await sums()).toMatchObject({ written: 2, older: 0 });
});

test("states the newest event of each minute that is over, also while nothing arrives", async () => {
  const { db, view, count, write, minutes } = await newView();
  await write([[1, ago(120_000), 1]]);
  await count();
  const newest = ago(30_000);
  await write([[1, newest, 2]]);
  await count(3 * minuteMs);
  const known = (await minutes()).filter(({ newestEventAt }) => newestEventAt !== null);
  expect(known.map(({ newestEventAt }) => newestEventAt)).toEqual(known.map(() => newest.getTime() * 1000));
  expect(known.length).toBeGreaterThanOrEqual(3);
  await count(3 * minuteMs);
  expect((await minutes()).filter(({ newestEventAt }) => newestEventAt !== null)).toHaveLength(known.length);
  const [mark] = await db.select().from(featureMarks).where(eq(featureMarks.viewId, view.id));
  expect(mark?.newestEventAt).toBe(newest.getTime() * 1000);
});

test("rows for the history alone make a view no fresher", async () => {
  const { count, db, view, write, minutes } = await newView();
  const newest = ago(120_000);
  await write([[1, newest, 1]]);
  await write([[1, ago(60_000), 1]], true);
  const newestOfMark = async () => {
    const [mark] = await db.select().from(featureMarks).where(eq(featureMarks.viewId, view.id));
    return mark?.newestEventAt;
  };
  // Both when the view is first seen, and later.
  await count();
  expect(await newestOfMark()).toBe(newest.getTime() * 1000);
  await write([[1, ago(30_000), 2]], true);
  await count(3 * minuteMs);
  expect(await newestOfMark()).toBe(newest.getTime() * 1000);
  const known = (await minutes()).flatMap(({ newestEventAt }) => newestEventAt ?? []);
  expect(new Set(known)).toEqual(new Set([newest.getTime() * 1000]));
});

test("rows for the history alone make a view no fresher where they are in files when it is first seen, or after a restore", async () => {
  const { count, db, ctx, view, write } = await newView();
  const newest = ago(7_200_000);
  const later = ago(60_000).getTime() * 1000;
  await write([[1, newest, 1]]);
  const newestOfMark = async () => {
    const [mark] = await db.select().from(featureMarks).where(eq(featureMarks.viewId, view.id));
    return mark?.newestEventAt;
  };
  const bytes = { sizeBytes: 1, sha256: "", minKey: Buffer.alloc(1), maxKey: Buffer.alloc(1) };
  const range = { minEventAt: 0, maxEventAt: later, minArrivedAt: later, maxArrivedAt: later };
  const file = { workspaceId: ctx.actor.workspaceId, viewId: view.id, version: 1, artifactKey: "", rows: 1 };
  await db.insert(featureFiles).values({ ...file, ...bytes, ...range });
  await count();
  expect(await newestOfMark()).toBe(newest.getTime() * 1000);
  await settleRestoredHistory(db);
  await count();
  expect(await newestOfMark()).toBe(newest.getTime() * 1000);
});

test("counts nothing again after a restore, and goes on from there", async () => {
  const { db, count, write, sums } = await newView();
  await count();
  await write([[1, ago(1_000), 1]]);
  await count();
  await settleRestoredHistory(db);
  await count();
  await write([[2, ago(1_000), 1]]);
  await count();
  expect(await sums()).toMatchObject({ written: 2, older: 0 });
});

test("counts what arrives beside levels that Postgres cannot store, or that an earlier release stored as texts", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx, { features: [{ name: "role", type: "string" }] });
  const count = async () => countArrivals(db, [view.id], await databaseNow(db));
  const { conv_rate: _, acc_rate: __, avg_daily_trips: ___, ...keys } = driverRows([[1, new Date(), 1]]);
  const write = (role: string) => writeFeatures(ctx, { view: view.name, columns: { ...keys, role: [role] } });
  const levels = async () => (await db.select().from(featureValueHours)).map(({ levels }) => levels);
  await count();
  await write("driver\0");
  await count();
  expect(await levels()).toEqual([{ "driver\uFFFD": 1 }]);
  const text = JSON.stringify({ constructor: "function Object() { [native code] }1" });
  await db.execute(sql`update feature_value_hours set levels = ${text}::jsonb`);
  await write("constructor");
  await count();
  expect(await levels()).toEqual([{ constructor: 2 }]);
});

test("a load of old rows says nothing about how late the source is", async () => {
  const { db, view, count, write, sums } = await newView();
  await count();
  await write([[1, ago(10_000), 1]]);
  await write([[2, ago(90 * 86_400_000), 1]]);
  await db.execute(sql`
    update feature_arrivals set origin = 'materialisation'
    where view_number = ${view.number} and event_at < (extract(epoch from now()) - 86400) * 1000000`);
  await count();
  expect(await sums()).toEqual({ written: 2, older: 0, lateness: { 53: 1 } });
});
