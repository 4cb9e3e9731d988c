import { eq } from "drizzle-orm";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { featureArrivals, featureKeyRemovals } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { redisServers, startRedis, whyNoRedis } from "#server/testing/fixtures/features/redis-servers.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureView } from "../../definitions/define-feature-view.ts";
import { deleteFeatureView } from "../../definitions/delete-feature-view.ts";
import { databaseTime } from "../../writes/hold-views.ts";
import { writeFeatures } from "../../writes/write-features.ts";
import { encodeEntityKey } from "../entity-key.ts";
import type { WrittenRow } from "../feature-rows.ts";
import { postgresRows } from "../postgres-rows.ts";
import { RedisRows } from "./redis-rows.ts";
import { RowMirror } from "./row-mirror.ts";

const minuteUs = 60_000_000;

describe.skipIf(redisServers.length === 0)(`a copy of rows${whyNoRedis}`, async () => {
  const [server] = redisServers;
  if (!server) return;
  const redis = await startRedis(server);
  const rows = new RedisRows(redis.connection);
  afterAll(() => redis.connection.close());

  /** A workspace with a view, a mirror of its database, and an empty Redis. */
  async function setUp() {
    const { db } = await freshDatabase();
    await redis.connection.command(["FLUSHALL"], 1_000);
    const ctx = await newWorkspace(db);
    const view = await newDriverStats(ctx, { ttlUs: null });
    const startedAt = Date.now() - 3_600_000;
    let minutes = 0;
    const push = async (drivers: readonly number[], trips: number, more: object = {}) => {
      minutes += 1;
      const at = new Date(startedAt + minutes * 1_000).toISOString();
      const columns = driverRows(drivers.map((driver) => [driver, at, trips]));
      return writeFeatures(ctx, { view: "driver_stats", columns }, more);
    };
    /** Does in one transaction what a removal does, with its key or after it has ended. */
    const remove = (driver: bigint, isEnded: boolean) =>
      db.transaction(async (tx) => {
        const key = keyOf(driver);
        const arrivedBy = await databaseTime({ ...ctx, db: tx });
        await postgresRows(tx).remove(view, [key]);
        await tx.delete(featureArrivals).where(eq(featureArrivals.key, key));
        await tx.insert(featureKeyRemovals).values({
          workspaceId: ctx.actor.workspaceId,
          viewId: view.id,
          key: isEnded ? null : key,
          keyDigest: "digest",
          arrivedBy,
          endedAt: isEnded ? new Date() : null,
          reason: "asked for",
          createdBy: "test",
        });
      });
    return { db, ctx, view, push, remove, mirror: new RowMirror(db, rows) };
  }

  /** Rows of a view by key, in either store. */
  async function scan(store: Pick<RedisRows, "scan">, number: number): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for await (const page of store.scan({ number })) {
      for (const { key, eventAt } of page) found[key.toString("hex")] = eventAt;
    }
    return found;
  }
  const endLease = () => redis.connection.command(["DEL", "leeway:features:lease"], 1_000);
  const keyOf = (driver: bigint) => encodeEntityKey(["int64"], [driver]) ?? Buffer.alloc(0);
  const identity = async () => (await rows.mark())?.position.identity ?? "";
  const completeAt = async () => (await rows.readCopy({ number: 0 }, [Buffer.from("x")]))?.completeAt;

  test("copies all rows into an empty Redis, and again when it was emptied", async () => {
    const { db, view, push, mirror } = await setUp();
    await push([1, 2, 3], 1);
    expect(await completeAt()).toBeUndefined();
    await mirror.round();
    const expected = await scan(postgresRows(db), view.number);
    expect(Object.keys(expected)).toHaveLength(3);
    expect(await scan(rows, view.number)).toEqual(expected);
    const first = await completeAt();
    await mirror.round();
    expect(await completeAt()).toBeGreaterThan(first ?? 0);
    await redis.restart();
    expect(await completeAt()).toBeUndefined();
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(expected);
  });

  test("writes rows whose writer was killed between the commit and Redis", async () => {
    const { db, view, push, mirror } = await setUp();
    await push([1, 2], 1);
    await mirror.round();
    await push([2, 3], 2);
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
    // Another process continues where this one ended.
    await push([1, 4], 3);
    await endLease();
    await new RowMirror(db, rows).round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
  });

  test("copies while rows are written, and loses none", async () => {
    const { db, view, push, mirror } = await setUp();
    await push(
      Array.from({ length: 12_000 }, (_, driver) => driver),
      1,
    );
    let isStopping = false;
    const writer = (async () => {
      for (let write = 0; write < 20; write += 1) {
        await push([write, 20_000 + write, 11_999 - write], 2, {
          onNewest: (number: number, newest: WrittenRow[]) => write % 2 === 0 && rows.write({ number }, newest),
        });
      }
      isStopping = true;
    })();
    while (!isStopping) await mirror.round();
    await writer;
    await mirror.round();
    const expected = await scan(postgresRows(db), view.number);
    expect(Object.keys(expected)).toHaveLength(12_020);
    expect(await scan(rows, view.number)).toEqual(expected);
  });

  test("lets no late writer put back the row before, also of equal times", async () => {
    const { view, push, mirror, db, ctx } = await setUp();
    await push([1], 1);
    await mirror.round();
    const at = new Date().toISOString();
    const written: WrittenRow[][] = [];
    for (const trips of [10, 20]) {
      await writeFeatures(
        ctx,
        { view: "driver_stats", columns: driverRows([[1, at, trips, at]]) },
        { onNewest: (_, newest) => written.push([...newest]) },
      );
    }
    await mirror.round();
    // The first of them was slow to reach Redis.
    for (const newest of written.reverse()) await rows.write({ number: view.number }, newest);
    const keys = written[0]?.map(({ key }) => key) ?? [];
    const [stored] = (await postgresRows(db).read(view, keys)).rows;
    expect((await rows.read(view, keys)).rows[0]?.packed.equals(stored?.packed ?? Buffer.alloc(0))).toBe(true);
    expect(await rows.write({ number: view.number }, written.flat().slice(1))).toEqual([false]);
  });

  test("copies anew after a gap in which arrivals may have been packed", async () => {
    const { db, view, push, mirror } = await setUp();
    await push([1], 1);
    await mirror.round();
    const mark = await rows.mark();
    if (!mark) throw new Error("There is no mark.");
    await push([2], 2);
    await db.delete(featureArrivals);
    const position = { ...mark.position, readAt: mark.position.readAt - 11 * minuteUs };
    await endLease();
    await rows.lease("test", 600_000);
    expect(await rows.confirm({ ...mark, position }, 0, "test")).toBe(true);
    await endLease();
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
    expect((await rows.mark())?.epoch).not.toBe(mark.epoch);
    expect(new Set((await rows.hashes()).map(({ epoch }) => epoch)).size).toBe(1);
  });

  test("shows no rows of another database, as after a restore", async () => {
    const { view, push, mirror } = await setUp();
    await push([1, 2], 1);
    await mirror.round();
    const keys = Object.keys(await scan(rows, view.number)).map((key) => Buffer.from(key, "hex"));
    const other = await freshDatabase();
    const ctx = await newWorkspace(other.db);
    await newDriverStats(ctx, { ttlUs: null });
    await endLease();
    await new RowMirror(other.db, rows).round();
    expect((await rows.readCopy(view, keys))?.rows).toEqual([undefined, undefined]);
  });

  test("writes and removes nothing for a process of another database", async () => {
    const { view, push, mirror } = await setUp();
    await push([1], 1);
    await mirror.round();
    const before = await scan(rows, view.number);
    let foreign: readonly WrittenRow[] = [];
    await push([1, 2], 2, { onNewest: (_: number, newest: readonly WrittenRow[]) => (foreign = newest) });
    expect(await rows.writeCommitted(view.number, foreign, "other")).toBeUndefined();
    expect(await rows.write(view, foreign, "other")).toEqual([false, false]);
    await rows.remove(view, [keyOf(1n)], "other");
    expect(await scan(rows, view.number)).toEqual(before);
    expect(await rows.writeCommitted(view.number, foreign, await identity())).toBeDefined();
    await rows.remove(view, [keyOf(1n)], await identity());
    expect(Object.keys(await scan(rows, view.number))).toEqual([keyOf(2n).toString("hex")]);
  });

  test("steps over no row of a view that is defined while it follows", async () => {
    const { ctx, mirror } = await setUp();
    await mirror.round();
    // It knows which views there are, and reads what arrived a moment later.
    const inside = mirror as unknown as { viewNumbers: () => Promise<number[]> };
    const { viewNumbers } = inside;
    let isFirst = true;
    let number = 0;
    inside.viewNumbers = async () => {
      const before = await viewNumbers.call(mirror);
      if (!isFirst) return before;
      isFirst = false;
      const { definition } = await defineFeatureView(ctx, { ...driverStats, name: "new", source: null, ttlUs: null });
      number = definition.number;
      const { created: _, ...columns } = driverRows([[1, new Date().toISOString(), 1]]);
      await writeFeatures(ctx, { view: "new", columns });
      return before;
    };
    await mirror.round();
    expect(Object.keys(await scan(rows, number))).toHaveLength(1);
  });

  test("removes rows of views that were deleted", async () => {
    const { ctx, view, push, mirror } = await setUp();
    const gone = { ...driverStats, name: "gone", source: null, ttlUs: null };
    const { definition } = await defineFeatureView(ctx, gone);
    const { created: _, ...columns } = driverRows([[1, new Date().toISOString(), 1]]);
    await writeFeatures(ctx, { view: "gone", columns });
    await push([1], 1);
    await mirror.round();
    const numbers = async () => (await rows.hashes()).map(({ number }) => number).sort();
    expect(await numbers()).toEqual([view.number, definition.number].sort());
    await deleteFeatureView(ctx, { name: "gone" });
    // Another process removes them at its first round, each ten minutes after it.
    await endLease();
    await new RowMirror(ctx.db, rows).round();
    expect(await numbers()).toEqual([view.number]);
  });

  test("lets one process follow, and another one once that is gone", async () => {
    const { db, push, mirror } = await setUp();
    await mirror.round();
    const second = new RowMirror(db, rows);
    await push([1], 1);
    const before = await completeAt();
    await second.round();
    expect(await completeAt()).toBe(before);
    await endLease();
    await second.round();
    expect(await completeAt()).toBeGreaterThan(before ?? 0);
    await mirror.round();
    expect((await rows.hashes()).length).toBe(1);
  });

  test("removes entity keys that were removed, while the removal knows the key and afterwards", async () => {
    const { db, view, push, remove, mirror } = await setUp();
    await push([1, 2, 3], 1);
    await mirror.round();
    await remove(1n, false);
    await mirror.round();
    expect((await rows.read(view, [keyOf(1n), keyOf(2n)])).rows.map((one) => one !== undefined)).toEqual([false, true]);
    await remove(2n, true);
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
    expect(Object.keys(await scan(rows, view.number))).toHaveLength(1);
    // A key that is written again is there again, and stays.
    await push([1], 4);
    await mirror.round();
    await mirror.round();
    expect(Object.keys(await scan(rows, view.number))).toHaveLength(2);
  });

  test.each([false, true])(
    "lets no slow writer put a removed key back, whether the removal has ended: %s",
    async (isEnded) => {
      const { db, view, push, remove, mirror } = await setUp();
      await push([1], 1);
      await mirror.round();
      let late: readonly WrittenRow[] = [];
      await push([2, 3], 2, { onNewest: (_: number, newest: readonly WrittenRow[]) => (late = newest) });
      await remove(2n, isEnded);
      await mirror.round();
      // After the round; nothing would correct it.
      expect(await rows.writeCommitted(view.number, late, await identity())).toBeUndefined();
      expect(await rows.write(view, late)).toEqual([false, false]);
      await mirror.round();
      const expected = await scan(postgresRows(db), view.number);
      expect(Object.keys(expected)).toHaveLength(2);
      expect(await scan(rows, view.number)).toEqual(expected);
      // What is written afterwards is written at once, also under the key that was removed.
      await push([2], 3, { onNewest: (_: number, newest: readonly WrittenRow[]) => (late = newest) });
      expect((await rows.writeCommitted(view.number, late, await identity()))?.epoch).toBe((await rows.mark())?.epoch);
      expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
    },
  );

  test("lets no slow writer put a removed key into rows that were copied anew", async () => {
    const { db, view, push, remove, mirror } = await setUp();
    let late: readonly WrittenRow[] = [];
    await push([2, 3], 2, { onNewest: (_: number, newest: readonly WrittenRow[]) => (late = newest) });
    await remove(2n, true);
    await mirror.round();
    expect(await rows.writeCommitted(view.number, late, await identity())).toBeUndefined();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
  });

  test.each([false, true])(
    "keeps a key that is written again while its removal is applied, whether the removal has ended: %s",
    async (isEnded) => {
      const { db, view, push, remove, mirror } = await setUp();
      await push([1, 2, 3], 1);
      await mirror.round();
      for (const driver of [2n, 3n]) await remove(driver, isEnded);
      const { removeFrom } = rows;
      onTestFinished(() => void Object.assign(rows, { removeFrom }));
      let again: readonly WrittenRow[] = [];
      // It has read that Postgres has neither row.
      rows.removeFrom = async (...args) => {
        Object.assign(rows, { removeFrom });
        await push([2], 3, { onNewest: (_: number, newest: readonly WrittenRow[]) => (again = newest) });
        expect(await rows.writeCommitted(view.number, again, await identity())).toBeDefined();
        return removeFrom.apply(rows, args);
      };
      await mirror.round();
      const expected = await scan(postgresRows(db), view.number);
      expect(Object.keys(expected)).toHaveLength(2);
      expect(await scan(rows, view.number)).toEqual(expected);
    },
  );

  test("looks through a view once for all removals that have ended", async () => {
    const { view, push, remove, mirror } = await setUp();
    await push([1, 2, 3, 4], 1);
    await mirror.round();
    const scanOf = vi.spyOn(rows, "scanOf");
    onTestFinished(() => scanOf.mockRestore());
    for (const driver of [1n, 2n, 3n]) await remove(driver, true);
    for (let round = 0; round < 3; round += 1) await mirror.round();
    expect(scanOf).toHaveBeenCalledTimes(1);
    scanOf.mockRestore();
    expect(Object.keys(await scan(rows, view.number))).toHaveLength(1);
  });

  test("writes and removes nothing after it has stood still for so long that another process went on", async () => {
    const { db, view, push, remove, mirror } = await setUp();
    await push([1, 2], 1);
    await mirror.round();
    const other = new RowMirror(db, rows);
    const { writeTo, removeFrom } = rows;
    onTestFinished(() => void Object.assign(rows, { writeTo, removeFrom }));
    // It has read what arrived, and stands still before it writes that. The other process loses the lease as well.
    const standStill = async () => {
      Object.assign(rows, { writeTo, removeFrom });
      await endLease();
      await remove(2n, false);
      await push([3], 2);
      await other.round();
      await endLease();
    };
    await push([2], 3);
    rows.writeTo = async (...args) => {
      await standStill();
      return writeTo.apply(rows, args);
    };
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
    // Before it removes a key, which is written again meanwhile.
    await mirror.round();
    await remove(3n, false);
    rows.removeFrom = async (...args) => {
      Object.assign(rows, { writeTo, removeFrom });
      await endLease();
      await push([3], 4);
      await other.round();
      await other.round();
      await endLease();
      return removeFrom.apply(rows, args);
    };
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
    expect(Object.keys(await scan(rows, view.number))).toHaveLength(2);
  });

  test("uses no Redis that drops rows when its memory is full", async () => {
    const { mirror } = await setUp();
    await redis.connection.command(["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"], 1_000);
    onTestFinished(async () => {
      await redis.connection.command(["CONFIG", "SET", "maxmemory-policy", "noeviction"], 1_000);
    });
    await expect(mirror.round()).rejects.toThrow("noeviction");
    expect(await completeAt()).toBeUndefined();
  });

  test("follows rows of a transaction that others overtake", async () => {
    const { db, ctx, view, push, mirror } = await setUp();
    await mirror.round();
    const wrote = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const slow = db.transaction(async (tx) => {
      const columns = driverRows([[7, new Date().toISOString(), 7]]);
      await writeFeatures({ ...ctx, db: tx }, { view: "driver_stats", columns });
      wrote.resolve();
      await end.promise;
    });
    await wrote.promise;
    await push([8], 8);
    await mirror.round();
    expect(Object.keys(await scan(rows, view.number))).toHaveLength(1);
    end.resolve();
    await slow;
    await mirror.round();
    expect(await scan(rows, view.number)).toEqual(await scan(postgresRows(db), view.number));
  });
});
