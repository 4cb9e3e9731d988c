import { describe, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { goldenStatuses, goldenWrites } from "#server/testing/fixtures/features/golden.ts";
import { redisServers, startRedis, whyNoRedis } from "#server/testing/fixtures/features/redis-servers.ts";
import { driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { layoutOf } from "../definitions/view-features.ts";
import { answerLookUp } from "../look-up/answer-look-up.ts";
import { planLookUp } from "../look-up/plan-look-up.ts";
import { parseTime } from "../values/parse-time.ts";
import { newestPerKey } from "../writes/newest-per-key.ts";
import { encodeEntityKey } from "./entity-key.ts";
import type { RowStore, WrittenRow } from "./feature-rows.ts";
import { postgresRows } from "./postgres-rows.ts";
import { RedisRows } from "./redis/redis-rows.ts";

const { db } = await freshDatabase();

/** Every place in which rows may be: each obeys the same vectors. */
const stores: [name: string, open: () => Promise<RowStore>][] = [
  ["Postgres", async () => postgresRows(db)],
  ...redisServers.map((server): [string, () => Promise<RowStore>] => [
    server.name,
    async () => {
      // Tests run on busy machines.
      const rows = new RedisRows((await startRedis(server)).connection, 10_000);
      await rows.lease("test", 600_000);
      const position = { snapshot: "1:1:", identity: "test", readAt: 0 };
      await rows.switchTo({ epoch: "test", aheadUs: 0, position }, 0, "test");
      return rows;
    },
  ]),
];

const timeOf = (text: string) => Number(parseTime(text));
const view = { number: 1, workspaceId: "00000000-0000-4000-8000-000000000000", ttlUs: null };
let sequence = 0;
/** A row, in the order of writing. */
const row = (key: string | Buffer, eventAt: number, createdAt: number, packed: string | Buffer): WrittenRow => {
  sequence += 1;
  return { key: Buffer.from(key), eventAt, createdAt, packed: Buffer.from(packed), arrivedAt: 1, sequence };
};
const textsOf = async (store: RowStore, number: number, ...keys: string[]) =>
  (
    await store.read(
      { ...view, number },
      keys.map((key) => Buffer.from(key)),
    )
  ).rows.map((found) => found?.packed.toString());

test.skipIf(redisServers.length === 0)(`compares Valkey or Redis with Postgres${whyNoRedis}`, () => {
  expect(stores.length).toBeGreaterThan(1);
});

describe.each(stores)("%s", async (_, open) => {
  const store = await open();

  test.each(goldenWrites.map((golden, index) => ({ ...golden, number: 100 + index })))(
    "keeps the newest event: $case",
    async ({ batch, writes, value, counts, number }) => {
      const rows = writes.map(([event, created, x]) => row("k", timeOf(event), timeOf(created), String(x)));
      let written = 0;
      for (const one of batch ? [newestPerKey(rows) as WrittenRow[]] : rows.map((row) => [row])) {
        written += (await store.write({ ...view, number }, one)).filter(Boolean).length;
      }
      expect(written).toBe(counts.written);
      expect(await textsOf(store, number, "k")).toEqual([String(value)]);
    },
  );

  test("keeps the newest event of each key, whatever the order in which eight writers come", async () => {
    let seed = 20_261_130;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const rows = Array.from({ length: 800 }, (_, index) => row(`k${index % 20}`, random(1_000_000), 1, `${index}`));
    const expected = newestPerKey(rows).map(({ key, packed }) => [key.toString(), packed.toString()] as const);
    const writer = async (first: number) => {
      for (let from = first * 5; from < rows.length; from += 40) {
        const batch = rows.slice(from, from + 5).sort((a, b) => Buffer.compare(a.key, b.key));
        await store.write({ ...view, number: 2 }, batch);
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(writer));
    expect(await textsOf(store, 2, ...expected.map(([key]) => key))).toEqual(expected.map(([, packed]) => packed));
  });

  test("scans, removes and finds rows by keys of any bytes, many and large ones", async () => {
    const odd = Buffer.from([0, 255, 10, 13, 34, 92]);
    const large = Buffer.alloc(3_000_000, 7);
    const many = Array.from({ length: 2_500 }, (_, index) => row(`m${index}`, index, 0, `${index}`));
    await store.write({ ...view, number: 3 }, [row(odd, -5, 0.5e15, large), ...many]);
    const keys = [odd, ...many.map(({ key }) => key), Buffer.from("none")];
    const { rows: found } = await store.read({ ...view, number: 3 }, keys);
    expect(found[0]).toMatchObject({ eventAt: -5, createdAt: 0.5e15 });
    expect(found[0]?.packed.equals(large)).toBe(true);
    expect(found.slice(1, -1).map((one) => one?.eventAt)).toEqual(many.map(({ eventAt }) => eventAt));
    expect(found.at(-1)).toBeUndefined();
    const scanned = new Map<string, number>();
    for await (const page of store.scan({ number: 3 })) {
      for (const { key, eventAt } of page) scanned.set(key.toString("hex"), eventAt);
    }
    expect(scanned.size).toBe(2_501);
    expect(scanned.get(odd.toString("hex"))).toBe(-5);
    await store.remove({ number: 3 }, keys.slice(0, 2_500));
    expect((await store.read({ ...view, number: 3 }, keys)).rows.filter(Boolean)).toHaveLength(1);
    // Whatever was there is forgotten, its times too.
    await store.write({ ...view, number: 3 }, [row(odd, -9, 0, "older")]);
    expect((await store.read({ ...view, number: 3 }, [odd])).rows[0]?.eventAt).toBe(-9);
    expect(await textsOf(store, 4, "m1")).toEqual([undefined]);
  });

  test.each(goldenStatuses)(
    "answers: $case",
    async ({ now, event_time, ttl_seconds, stored, status, value, stale }) => {
      const ctx: Context = await newWorkspace(db);
      const ttlUs = ttl_seconds === null ? null : ttl_seconds * 1_000_000;
      const changes = { ttlUs, stale: stale ?? "null" } as const;
      const before = driverStats.features.slice(0, 2);
      const first = await newDriverStats(ctx, { ...changes, features: before });
      const { definition } = await defineFeatureView(ctx, { ...driverStats, ...changes });
      if (event_time !== undefined) {
        const key = encodeEntityKey(["int64"], [1001n]) ?? "";
        const packed =
          stored === undefined
            ? layoutOf(first.current).pack([0.5, 0.25])
            : layoutOf(definition.current).pack([0.5, 0.25, stored === null ? null : BigInt(stored)]);
        const { number } = definition;
        await store.write({ number, workspaceId: ctx.actor.workspaceId }, [row(key, timeOf(event_time), 0, packed)]);
      }
      const definitions = await loadDefinitions(db, ctx.actor.workspaceId);
      const plan = planLookUp(definitions, { features: ["driver_stats:avg_daily_trips"], fullNames: false });
      const answer = await answerLookUp(
        definitions,
        plan,
        { driver_id: [1001] },
        { rows: store, servedAt: timeOf(now) },
      );
      const [column] = answer.columns;
      expect([column?.statuses[0], column?.values[0]]).toEqual([status, value === null ? null : BigInt(value)]);
    },
  );
});
