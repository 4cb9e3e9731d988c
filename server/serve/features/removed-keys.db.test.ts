import { afterAll, expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import { removeFeatureKey } from "#server/develop/features/removal/remove-feature-key.ts";
import { listen } from "#server/platform/events/listen.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { OnlineFeatures } from "./online-features.ts";

const { db, url } = await freshDatabase();
const ctx = await newWorkspace(db);
await newDriverStats(ctx, { ttlUs: null });
const feed = listen(url, "test-gateway");
await feed.ready;
afterAll(() => feed.close());

/** A gateway with rows in memory, whose connections to Postgres can be cut. */
function newGateway(memory: Pick<ConstructorParameters<typeof OnlineFeatures>[0], "cacheBytes" | "held">) {
  const reads = openDatabase(url, { max: 2, name: "test-gateway" });
  const features = new OnlineFeatures({ db, reads: reads.db, feed, ...memory });
  const { query } = reads.pool;
  let isCut = false;
  reads.pool.query = ((...args: never[]) => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
    return isCut ? Promise.reject(refused) : (query as (...args: never[]) => unknown).apply(reads.pool, args);
  }) as typeof query;
  afterAll(async () => {
    await features.close();
    await reads.close();
  });
  const tripsOf = async (driver: number) => {
    const wanted = { features: ["driver_stats:avg_daily_trips"], service: undefined, fullNames: false };
    const { columns, views } = await features.lookUp(ctx, { ...wanted, entities: { driver_id: [driver] } });
    return [Number(columns[0]?.values[0]), views[0]?.sources?.[0]];
  };
  return { features, tripsOf, cut: () => (isCut = true) };
}
const write = (features: OnlineFeatures, drivers: readonly number[]) => {
  const at = new Date().toISOString();
  return features.write(ctx, {
    view: "driver_stats",
    columns: driverRows(drivers.map((driver) => [driver, at, driver])),
  });
};
const remove = (driver: number) =>
  removeFeatureKey(ctx, { view: "driver_stats", key: { driver_id: driver }, reason: "asked for" });
const bytesOf = (features: OnlineFeatures) => (features as unknown as { cached: { bytes: number } }).cached.bytes;

test("serves no row of a removed key while Postgres is away, also if nobody has asked for it since", async () => {
  const { features, tripsOf, cut } = newGateway({ cacheBytes: 2 ** 20 });
  await write(features, [1, 2]);
  for (const driver of [1, 2]) expect(await tripsOf(driver)).toEqual([driver, "asked"]);
  const before = bytesOf(features);
  await remove(1);
  await expect.poll(() => bytesOf(features)).toBeLessThan(before);
  cut();
  expect(await tripsOf(2)).toEqual([2, "cached"]);
  await expect(tripsOf(1)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
});

test("drops a view that is held when a key is removed from it while nobody looks", { timeout: 20_000 }, async () => {
  const held = { maxBytes: 2 ** 24, maxViewBytes: 2 ** 22, minLookUps: 1 };
  const { features, tripsOf, cut } = newGateway({ cacheBytes: 0, held });
  await write(features, [3, 4]);
  await expect.poll(() => tripsOf(3), { timeout: 5_000 }).toEqual([3, "held"]);
  // Following pauses after five seconds.
  await new Promise((resolve) => setTimeout(resolve, 5_600));
  expect(bytesOf(features)).toBeGreaterThan(0);
  await remove(3);
  await expect.poll(() => bytesOf(features)).toBe(0);
  cut();
  await expect(tripsOf(3)).rejects.toBeDefined();
});
