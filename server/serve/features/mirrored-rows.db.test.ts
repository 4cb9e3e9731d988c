import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import { RedisConnection } from "#server/develop/features/rows/redis/redis-connection.ts";
import { RedisRows } from "#server/develop/features/rows/redis/redis-rows.ts";
import { RowMirror } from "#server/develop/features/rows/redis/row-mirror.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { redisServers, startRedis, whyNoRedis } from "#server/testing/fixtures/features/redis-servers.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { OnlineFeatures } from "./online-features.ts";

const feed = { subscribe: () => () => {} };

describe.skipIf(redisServers.length === 0)(`look-ups from Valkey or Redis${whyNoRedis}`, async () => {
  const [server] = redisServers;
  if (!server) return;
  const redis = await startRedis(server);
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx, { ttlUs: null });
  const worker = new RedisRows(redis.connection);
  const mirror = new RowMirror(db, worker);

  /** Statements that read rows from Postgres, by gateway. */
  const asked = new Map<OnlineFeatures, number>();

  /** A gateway that remembers no row, with connections of its own. */
  function newGateway(): { features: OnlineFeatures; close: () => Promise<void> } {
    const reads = openDatabase(url, { max: 2, name: "test-gateway" });
    const store = new RedisRows(new RedisConnection(redis.url));
    const features = new OnlineFeatures({ db, reads: reads.db, store, feed, cacheBytes: 0 });
    const { query } = reads.pool;
    reads.pool.query = ((statement: { text: string }, values: never) => {
      if (statement.text.includes("key = any")) asked.set(features, (asked.get(features) ?? 0) + 1);
      return (query as (statement: object, values: never) => unknown).call(reads.pool, statement, values);
    }) as typeof query;
    afterAll(async () => {
      await features.close();
      store.close();
      if (!reads.pool.ended) await reads.close();
    });
    return { features, close: () => reads.close() };
  }

  const trips = async ({ features }: Pick<ReturnType<typeof newGateway>, "features">, ...drivers: number[]) => {
    const wanted = { features: ["driver_stats:avg_daily_trips"], service: undefined, fullNames: false };
    const { columns } = await features.lookUp(ctx, { ...wanted, entities: { driver_id: drivers } });
    return columns[0]?.values.map((value) => (value === null ? null : Number(value)));
  };
  const columns = (driver: number, value: number) => driverRows([[driver, new Date().toISOString(), value]]);
  const push = ({ features }: Pick<ReturnType<typeof newGateway>, "features">, driver: number, value: number) =>
    features.write(ctx, { view: "driver_stats", columns: columns(driver, value) });

  /** Statements that a look-up sends to Postgres: also while Redis is slower than usual, as on a busy machine. */
  async function asks(gateway: ReturnType<typeof newGateway>, driver: number): Promise<number> {
    const before = asked.get(gateway.features) ?? 0;
    await trips(gateway, driver);
    return (asked.get(gateway.features) ?? 0) - before;
  }
  /** Time since all that was committed is in Redis. */
  async function ageOfCopyUs(): Promise<number> {
    const copy = await worker.readCopy(view, [Buffer.from("any")]);
    return copy ? copy.time - copy.completeAt : Number.POSITIVE_INFINITY;
  }
  /** Waits until a gateway is connected and reads from a Redis that is complete. */
  const settle = (gateway: ReturnType<typeof newGateway>) =>
    expect
      .poll(async () => {
        await mirror.round();
        return asks(gateway, 1);
      })
      .toBe(0);

  test("reads what another gateway wrote, without Postgres", async () => {
    const [first, second] = [newGateway(), newGateway()];
    await push(first, 1, 10);
    expect(await trips(second, 1)).toEqual([10]);
    for (const gateway of [first, second]) await settle(gateway);
    await push(first, 1, 11);
    expect(await trips(second, 1, 2)).toEqual([11, null]);
    await expect.poll(() => asks(second, 1)).toBe(0);
  });

  test("reads from Postgres while Redis may lack rows, until the worker has written them", async () => {
    const gateway = newGateway();
    await settle(gateway);
    // Written by a process that died before it reached Redis.
    await writeFeatures(ctx, { view: "driver_stats", columns: columns(3, 30) });
    await mirror.round();
    expect(await trips(gateway, 3)).toEqual([30]);
    await expect.poll(() => asks(gateway, 3)).toBe(0);
    await writeFeatures(ctx, { view: "driver_stats", columns: columns(3, 31) });
    // No worker for two seconds. A look-up before may ask Postgres too, if Redis is slow.
    await expect.poll(ageOfCopyUs).toBeGreaterThan(2_000_000);
    expect(await trips(gateway, 3)).toEqual([31]);
    expect(await asks(gateway, 3)).toBe(1);
    await mirror.round();
    expect(await trips(gateway, 3)).toEqual([31]);
    await expect.poll(() => asks(gateway, 3)).toBe(0);
  });

  test("shows a row to who wrote it, even if Redis has no memory for it", async () => {
    const gateway = newGateway();
    await settle(gateway);
    await redis.connection.command(["CONFIG", "SET", "maxmemory", "1"], 1_000);
    onTestFinished(async () => {
      await redis.connection.command(["CONFIG", "SET", "maxmemory", "0"], 1_000);
    });
    for (let value = 40; value < 45; value += 1) {
      await push(gateway, 4, value);
      expect(await trips(gateway, 4)).toEqual([value]);
    }
    await redis.connection.command(["CONFIG", "SET", "maxmemory", "0"], 1_000);
    await settle(gateway);
    expect(await trips(gateway, 4)).toEqual([44]);
  });

  test("goes on while Redis hangs, is killed and comes back empty", async () => {
    const gateway = newGateway();
    await settle(gateway);
    redis.signal("SIGSTOP");
    for (let value = 50; value < 55; value += 1) {
      await push(gateway, 5, value);
      const startedAt = performance.now();
      expect(await trips(gateway, 5)).toEqual([value]);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
    redis.signal("SIGCONT");
    await settle(gateway);
    expect(await trips(gateway, 5)).toEqual([54]);
    await redis.restart();
    expect(await trips(gateway, 5, 1)).toEqual([54, 11]);
    await push(gateway, 5, 55);
    expect(await trips(gateway, 5)).toEqual([55]);
    await settle(gateway);
    expect(await trips(gateway, 5)).toEqual([55]);
    await expect.poll(() => asks(gateway, 5)).toBe(0);
  });

  test("writes nothing among the rows of another installation that was given the same Redis", async () => {
    const gateway = newGateway();
    await settle(gateway);
    const other = await freshDatabase();
    const there = await newWorkspace(other.db);
    const { number } = await newDriverStats(there, { ttlUs: null });
    expect(number).toBe(view.number);
    const store = new RedisRows(new RedisConnection(redis.url));
    const features = new OnlineFeatures({ db: other.db, store, feed, cacheBytes: 0 });
    onTestFinished(async () => {
      await features.close();
      store.close();
    });
    const wanted = { features: ["driver_stats:avg_daily_trips"], service: undefined, fullNames: false };
    for (let value = 60; value < 65; value += 1) {
      await features.write(there, { view: "driver_stats", columns: columns(6, value) });
      const found = await features.lookUp(there, { ...wanted, entities: { driver_id: [6] } });
      expect(Number(found.columns[0]?.values[0])).toBe(value);
    }
    expect(await trips(gateway, 6)).toEqual([null]);
  });

  test("serves rows of Redis while Postgres is away, however old", async () => {
    const gateway = newGateway();
    await settle(gateway);
    await gateway.close();
    // The worker is away as well, so these rows are no longer known to be the newest.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await trips(gateway, 5, 9)).toEqual([55, null]);
    await redis.connection.command(["FLUSHALL"], 1_000);
    await expect(trips(gateway, 5)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("Cannot use a pool") },
    });
  });
});
