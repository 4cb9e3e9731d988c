import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { deleteFeatureView } from "#server/develop/features/definitions/delete-feature-view.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { OnlineFeatures } from "./online-features.ts";

const { db, url } = await freshDatabase();
const ctx = await newWorkspace(db);
await newDriverStats(ctx, { ttlUs: null });

const feed = { subscribe: () => () => {} };
const held = { maxBytes: 2 ** 24, maxViewBytes: 2 ** 22, minLookUps: 1 };

/** Rows of views that were asked for, by gateway. */
const asked = new Map<OnlineFeatures, number>();

/** A gateway with connections of its own. Without copies, every row that is not held is asked for. */
function newGateway(name: string) {
  const reads = openDatabase(url, { max: 4, name, statementTimeoutMs: 2_000 });
  const features = new OnlineFeatures({ db, reads: reads.db, feed, cacheBytes: 0, held });
  const { query } = reads.pool;
  reads.pool.query = ((statement: { text: string }, values: never) => {
    if (statement.text.includes("key = any")) asked.set(features, (asked.get(features) ?? 0) + 1);
    return (query as (statement: object, values: never) => unknown).call(reads.pool, statement, values);
  }) as typeof query;
  afterAll(async () => {
    await features.close();
    await reads.close();
  });
  return features;
}
const [first, second] = [newGateway("test-gateway-1"), newGateway("test-gateway-2")];

const wanted = (drivers: readonly number[], view = "driver_stats") => ({
  features: [`${view}:avg_daily_trips`],
  service: undefined,
  entities: { driver_id: drivers },
  fullNames: false,
});
const tripsOf = async (gateway: OnlineFeatures, of: Context, ...drivers: number[]) =>
  (await gateway.lookUp(of, wanted(drivers))).columns[0]?.values.map(Number);
const push = (gateway: OnlineFeatures, rows: Parameters<typeof driverRows>[0]) =>
  gateway.write(ctx, { view: "driver_stats", columns: driverRows(rows) });
const now = () => new Date().toISOString();

test("shows a pushed row in another gateway within a second, and at once where it was pushed", async () => {
  await push(first, [[1001, now(), 0]]);
  for (const gateway of [first, second]) await expect.poll(() => tripsOf(gateway, ctx, 1001)).toEqual([0]);
  const delays: number[] = [];
  for (let trips = 1; trips <= 15; trips += 1) {
    await push(first, [[1001, now(), trips]]);
    const pushedAt = performance.now();
    expect(await tripsOf(first, ctx, 1001)).toEqual([trips]);
    await expect.poll(() => tripsOf(second, ctx, 1001), { interval: 10 }).toEqual([trips]);
    delays.push(performance.now() - pushedAt);
  }
  delays.sort((a, b) => a - b);
  expect(delays[7]).toBeLessThan(1_000);
});

test("holds exactly the newest rows beside writers that send events in any order", async () => {
  const drivers = Array.from({ length: 20 }, (_, index) => 2_000 + index);
  const newest = new Map<number, { at: number; trips: number }>();
  const startedAt = Date.now() - 10_000_000;
  let seed = 20_261_130;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const writer = async (gateway: OnlineFeatures, id: number) => {
    for (let write = 0; write < 25; write += 1) {
      const trips = id * 1_000 + write;
      const [driver = 0] = [drivers[random(drivers.length)]];
      // No two events have one time, so what stays does not depend on the order of commits.
      const at = startedAt + random(900_000) * 8 + id;
      const before = newest.get(driver);
      if (!before || before.at < at) newest.set(driver, { at, trips });
      await push(gateway, [[driver, new Date(at).toISOString(), trips]]);
      await tripsOf(gateway, ctx, driver);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, id) => writer(id % 2 === 0 ? first : second, id)));
  const expected = drivers.map((driver) => newest.get(driver)?.trips ?? 0);
  for (const gateway of [first, second]) await expect.poll(() => tripsOf(gateway, ctx, ...drivers)).toEqual(expected);
});

test("answers from memory alone while the view is followed, and says that its rows are held", async () => {
  const look = () => tripsOf(second, ctx, 1001);
  // The first look-ups may have to wait for a round, and count as asked.
  await expect
    .poll(async () => {
      const before = asked.get(second) ?? 0;
      for (let lookUp = 0; lookUp < 50; lookUp += 1) expect(await look()).toEqual([15]);
      return (asked.get(second) ?? 0) - before;
    })
    .toBe(0);
  await expect
    .poll(async () => (await second.lookUp(ctx, wanted([1001, 9_999]))).views[0]?.sources)
    .toEqual(["held", "held"]);
  expect(asked.get(second)).toBeGreaterThan(0);
});

test("follows a view to another number, and drops a view that was deleted", async () => {
  const view = { ...driverStats, name: "rekeyed", ttlUs: null, source: null };
  await defineFeatureView(ctx, view);
  const columns = { driver_id: [1], event_timestamp: [now()], conv_rate: [0], acc_rate: [0], avg_daily_trips: [1] };
  await first.write(ctx, { view: "rekeyed", columns });
  const trips = async (entities: Record<string, unknown[]>) =>
    (await second.lookUp(ctx, { ...wanted([], "rekeyed"), entities })).columns[0]?.values.map(Number);
  await expect.poll(() => trips({ driver_id: [1] })).toEqual([1]);
  await defineFeatureView(ctx, { ...view, entities: [], force: "other keys" });
  await expect.poll(() => trips({ driver_id: [1] })).toEqual([0]);
  const { driver_id: _, ...keyless } = columns;
  await first.write(ctx, { view: "rekeyed", columns: { ...keyless, avg_daily_trips: [2] } });
  await expect.poll(() => trips({})).toEqual([2]);
  await deleteFeatureView(ctx, { name: "rekeyed" });
  await expect.poll(() => trips({}).catch((error: Error) => error.message)).toMatch(/Feature view .* not found/);
});

test("serves held rows while Postgres hangs, and what was written meanwhile when it is back", async () => {
  await expect.poll(() => tripsOf(second, ctx, 1001)).toEqual([15]);
  // A lock that every reader of rows and arrivals waits for.
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const lock = db.transaction(async (tx) => {
    await tx.execute(sql`lock table feature_arrivals, feature_latest in access exclusive mode`);
    held.resolve();
    await released.promise;
  });
  await held.promise;
  try {
    await pause(1_200);
    const startedAt = performance.now();
    // The limit of a statement is two seconds, so some end meanwhile and give their connections back.
    while (performance.now() - startedAt < 5_000) {
      expect(await tripsOf(second, ctx, 1001)).toEqual([15]);
      await pause(20);
    }
  } finally {
    released.resolve();
    await lock;
  }
  await push(first, [[1001, now(), 99]]);
  await expect.poll(() => tripsOf(second, ctx, 1001)).toEqual([99]);
});
