import { and, asc, eq } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { featureArrivals, featureLatest } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { goldenWrites } from "#server/testing/fixtures/features/golden.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { deleteFeatureView } from "../definitions/delete-feature-view.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import type { WrittenRow } from "../rows/feature-rows.ts";
import { writeFeatures } from "./write-features.ts";

const at = "2026-03-01T12:00:00Z";

test.each(goldenWrites)("keeps the newest event: $case", ({ batch, writes, value, counts }) =>
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx, { ttlUs: null });
    const rows = writes.map(([event, created, x]) => [1001, event, x, created] as [unknown, unknown, unknown, unknown]);
    const total = { written: 0, older: 0 };
    for (const one of batch ? [rows] : rows.map((row) => [row])) {
      const { written, older } = await writeFeatures(ctx, { view: "driver_stats", columns: driverRows(one) });
      total.written += written;
      total.older += older;
    }
    expect(total).toEqual(counts);
    const answer = await lookUpFeatures(ctx, {
      features: ["driver_stats:avg_daily_trips"],
      entities: { driver_id: [1001] },
    });
    expect(answer.columns[0]?.values).toEqual([value === null ? null : BigInt(value)]);
    // The history has every row, in the order of writing.
    const arrivals = await ctx.db
      .select()
      .from(featureArrivals)
      .where(eq(featureArrivals.viewNumber, view.number))
      .orderBy(asc(featureArrivals.sequence));
    expect(arrivals.map(({ eventAt }) => eventAt)).toEqual(writes.map(([event]) => Date.parse(event) * 1000));
    expect(arrivals.filter(({ isNewest }) => isNewest)).toHaveLength(counts.written);
  })(),
);

test(
  "writes all rows or none, and names bad cells by row and column",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx, {
      features: [
        { name: "conv_rate", type: "float32", rules: { min: 0, max: 1 } },
        { name: "acc_rate", type: "float32" },
        { name: "avg_daily_trips", type: "int64", rules: { nullable: false } },
      ],
    });
    const columns = driverRows([
      [1001, at, 1],
      [1002, at, 2.5],
      [null, at, null],
      [1003, 1_772_366_400_000, 3],
      [1004, new Date(Date.now() + 6 * 60_000), 4],
    ]);
    columns.conv_rate[0] = 2;
    const write = writeFeatures(ctx, { view: "driver_stats", columns });
    await expect(write).rejects.toMatchObject({
      code: "invalid",
      problem: "bad-cells",
      cells: [
        { row: 0, column: "conv_rate", problem: "2 is above 1." },
        { row: 1, column: "avg_daily_trips", problem: "2.5 is not an integer." },
        { row: 2, column: "driver_id", problem: "A key is required." },
        { row: 2, column: "avg_daily_trips", problem: "A value is required." },
        { row: 3, column: "event_timestamp", problem: "1772366400000 is not a time." },
      ],
    });
    expect(await ctx.db.$count(featureLatest, eq(featureLatest.workspaceId, ctx.actor.workspaceId))).toBe(0);
    const future = driverRows([[1004, new Date(Date.now() + 6 * 60_000), 4]]);
    await expectRefusal(
      writeFeatures(ctx, { view: "driver_stats", columns: future }),
      "invalid",
      "more than 5 minutes",
    );
    const soon = driverRows([[1004, new Date(Date.now() + 4 * 60_000), 4]]);
    expect(await writeFeatures(ctx, { view: "driver_stats", columns: soon })).toEqual({ written: 1, older: 0 });
  }),
);

test(
  "names at most 20 bad cells, the first by row",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const columns = driverRows(Array.from({ length: 3000 }, (_, row) => [row, at, "x"]));
    columns.acc_rate[0] = "y" as never;
    const error = await writeFeatures(ctx, { view: "driver_stats", columns }).catch((error: unknown) => error);
    expect(error).toMatchObject({ message: expect.stringContaining("3001 cells break the view's contract.") });
    const { cells } = error as { cells: { row: number; column: string }[] };
    expect(cells).toHaveLength(20);
    expect(cells.slice(0, 3).map(({ row, column }) => [row, column])).toEqual([
      [0, "acc_rate"],
      [0, "avg_daily_trips"],
      [1, "avg_daily_trips"],
    ]);
  }),
);

test(
  "refuses unknown, missing and ragged columns, and writes no rows as none",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const columns = driverRows([[1003, at, 7]]);
    const refuse = (changed: Record<string, unknown[]>, text: string) =>
      expectRefusal(writeFeatures(ctx, { view: "driver_stats", columns: changed }), "invalid", text);
    await refuse({ ...columns, extra: [1] }, 'Unknown column "extra".');
    const { acc_rate: _, ...missing } = columns;
    await refuse(missing, 'The column "acc_rate" of view "driver_stats" is missing.');
    const { event_timestamp: __, ...untimed } = columns;
    await refuse(untimed, 'The column "event_timestamp"');
    await refuse({ ...columns, driver_id: [1, 2] }, "Columns differ in length");
    await refuse({}, "at least the columns");
    const { created: ___, ...uncreated } = columns;
    expect(await writeFeatures(ctx, { view: "driver_stats", columns: uncreated })).toEqual({ written: 1, older: 0 });
    expect(await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([]) })).toEqual({
      written: 0,
      older: 0,
    });
    await expectRefusal(writeFeatures(ctx, { view: "nope", columns }), "not-found", 'Feature view "nope" not found');
  }),
);

test(
  "writes a push to every view of its source",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    await defineFeatureView(ctx, {
      ...driverStats,
      name: "trips",
      features: [{ name: "avg_daily_trips", type: "int64" }],
    });
    const columns = driverRows([[1001, at, 7]]);
    const push = await writeFeatures(ctx, { pushSource: "driver_push", columns, origin: "push" });
    expect(push).toEqual({ written: 2, older: 0 });
    const { columns: found } = await lookUpFeatures(ctx, {
      features: ["driver_stats:avg_daily_trips", "trips:avg_daily_trips"],
      entities: { driver_id: [1001] },
      fullNames: true,
    });
    expect(found.map(({ name, values }) => [name, values[0]])).toEqual([
      ["driver_stats__avg_daily_trips", null],
      ["trips__avg_daily_trips", null],
    ]);
    expect(found.map(({ statuses }) => statuses[0])).toEqual(["OUTSIDE_MAX_AGE", "OUTSIDE_MAX_AGE"]);
    const unknown = writeFeatures(ctx, { pushSource: "nope", columns });
    await expect(unknown).rejects.toMatchObject({ code: "not-found", problem: "push-source-not-found" });
  }),
);

test(
  "writes only to the history where that is asked, or the view is not for look-ups",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx, { ttlUs: null });
    const columns = driverRows([[1001, at, 7]]);
    const past = await writeFeatures(ctx, { view: "driver_stats", columns, isHistoryOnly: true });
    expect(past).toEqual({ written: 1, older: 0 });
    await defineFeatureView(ctx, { ...driverStats, ttlUs: null, isOnline: false });
    await writeFeatures(ctx, { view: "driver_stats", columns });
    expect(await ctx.db.$count(featureLatest, eq(featureLatest.viewNumber, view.number))).toBe(0);
    const arrivals = await ctx.db.select().from(featureArrivals).where(eq(featureArrivals.viewNumber, view.number));
    expect(arrivals.map(({ isNewest }) => isNewest)).toEqual([false, false]);
  }),
);

test(
  "has its effect once per Idempotency-Key, and needs the permission and the workspace",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const write = (trips: number) =>
      writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1001, at, trips]]) }, { idempotencyKey: "k" });
    expect(await write(1)).toEqual({ written: 1, older: 0 });
    expect(await write(1)).toEqual({ written: 1, older: 0 });
    expect(await ctx.db.$count(featureArrivals, eq(featureArrivals.workspaceId, ctx.actor.workspaceId))).toBe(1);
    await expectRefusal(write(2), "conflict", "different request");
    const input = { view: "driver_stats", columns: driverRows([[1001, at, 1]]) };
    await expectRefusal(writeFeatures(as(ctx, "viewer"), input), "forbidden");
    await expectRefusal(writeFeatures(await newWorkspace(ctx.db), input), "not-found");
    const reader = { ...ctx, actor: { ...ctx.actor, scopes: ["features:read"] } };
    await expectRefusal(writeFeatures(reader, input), "forbidden", '"features:write"');
  }),
);

/** A generator of pseudorandom numbers below `n`, the same in each run. */
function random(seed: number) {
  let state = seed;
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test("keeps the newest event of each key, whatever the order in which 8 clients write batches with repeated keys", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx, { ttlUs: null });
  const next = random(11);
  const [clients, batches, size, keys] = [8, 12, 40, 30];
  // Event, created time and value rise together, so that a row of the greatest value is the newest; some rows are repeated exactly.
  const base = Date.parse("2026-01-01T00:00:00Z");
  const rowOf = () => {
    const value = next(5000);
    const event = new Date(base + Math.floor(value / 3) * 1000);
    return [next(keys), event, value, new Date(base + value * 1000)] as [number, Date, number, Date];
  };
  const work = Array.from({ length: clients }, () =>
    Array.from({ length: batches }, () => Array.from({ length: size }, rowOf)),
  );
  const totals = await Promise.all(
    work.map(async (own) => {
      let rows = 0;
      for (const batch of own) {
        const { written, older } = await writeFeatures(ctx, { view: "driver_stats", columns: driverRows(batch) });
        rows += written + older;
      }
      return rows;
    }),
  );
  expect(totals).toEqual(Array.from({ length: clients }, () => batches * size));
  const greatest = new Map<number, number>();
  for (const [key, , value] of work.flat(2)) greatest.set(key, Math.max(value, greatest.get(key) ?? -1));
  const wanted = [...greatest].sort(([a], [b]) => a - b);
  const answer = await lookUpFeatures(ctx, {
    features: ["driver_stats:avg_daily_trips"],
    entities: { driver_id: wanted.map(([key]) => key) },
  });
  expect(answer.columns[0]?.values).toEqual(wanted.map(([, value]) => BigInt(value)));
  expect(await db.$count(featureArrivals, eq(featureArrivals.viewNumber, view.number))).toBe(clients * batches * size);
  // Of the rows of a key that were the newest when they came, times only rise in the order of writing.
  const arrivals = await db
    .select()
    .from(featureArrivals)
    .where(and(eq(featureArrivals.viewNumber, view.number), eq(featureArrivals.isNewest, true)))
    .orderBy(asc(featureArrivals.sequence));
  const last = new Map<string, number>();
  for (const { key, createdAt } of arrivals) {
    const id = key.toString("hex");
    expect(createdAt).toBeGreaterThanOrEqual(last.get(id) ?? 0);
    last.set(id, createdAt);
  }
});

test("hands on only rows that are committed, once", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { number } = await newDriverStats(ctx);
  const handedOn: (readonly number[])[] = [];
  const columns = driverRows([[1001, at, 1]]);
  const write = (fail: () => void) =>
    writeFeatures(
      ctx,
      { view: "driver_stats", columns },
      {
        idempotencyKey: "once",
        onWritten: (...[view]) => handedOn.push([view]),
        onNewest: (view, rows) => handedOn.push([view, ...rows.map(({ sequence }) => sequence)]),
        withGoodRows: async () => fail(),
      },
    );
  let tries = 0;
  await write(() => {
    tries += 1;
    if (tries === 1) throw Object.assign(new Error("deadlock detected"), { code: "40P01" });
  });
  const [arrival] = await db.select().from(featureArrivals).where(eq(featureArrivals.viewNumber, number));
  expect([tries, handedOn]).toEqual([2, [[number, arrival?.sequence], [number]]]);
  await write(() => {});
  expect(handedOn).toHaveLength(2);
});

test("deletes a view while clients write to it", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const writes = Array.from({ length: 8 }, async (_, client) => {
    for (let batch = 0; ; batch += 1) {
      const columns = driverRows([[client, at, batch]]);
      try {
        await writeFeatures(ctx, { view: "driver_stats", columns });
      } catch (error) {
        return (error as { code?: string }).code;
      }
    }
  });
  await deleteFeatureView(ctx, { name: "driver_stats" });
  expect(await Promise.all(writes)).toEqual(Array.from({ length: 8 }, () => "not-found"));
});

/** Runs `change` on another connection between packing and the transaction of the write: before the lock is asked for. */
function changingWhilePacking(ctx: Context, change: (tries: number) => Promise<unknown>): Context {
  let tries = 0;
  const db = new Proxy(ctx.db, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "transaction") return typeof value === "function" ? value.bind(target) : value;
      return async (...args: unknown[]) => {
        await change(tries++);
        return value.apply(target, args);
      };
    },
  });
  return { ...ctx, db };
}

const feature = (name: string, type: "int64" | "float64" = "int64") => ({ name, type });
const columnsOfTrips = { driver_id: [1], trips: [7], event_timestamp: [at] };

test("packs again when the view changes meanwhile, and gives up when it always does", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const view = { name: "trips", entities: ["driver"], source: null, ttlUs: null };
  await defineFeatureView(ctx, { ...view, features: [feature("trips")] });
  const retyped = changingWhilePacking(ctx, async (tries) => {
    if (tries === 0) await defineFeatureView(ctx, { ...view, features: [feature("trips", "float64")] });
  });
  const written = await writeFeatures(retyped, { view: "trips", columns: columnsOfTrips }, { idempotencyKey: "k" });
  expect(written).toEqual({ written: 1, older: 0 });
  const found = await lookUpFeatures(ctx, { features: ["trips:trips"], entities: { driver_id: [1] } });
  expect(found.columns[0]).toMatchObject({ type: "float64", values: [7] });
  let packed = 0;
  const restless = changingWhilePacking(ctx, (tries) => {
    packed += 1;
    return defineFeatureView(ctx, { ...view, features: [feature("trips", tries % 2 === 0 ? "int64" : "float64")] });
  });
  await expectRefusal(
    writeFeatures(restless, { view: "trips", columns: columnsOfTrips }),
    "unavailable",
    "being changed",
  );
  expect(packed).toBe(5);
});

test(
  "checks and packs before the transaction",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    let began = 0;
    const counting = changingWhilePacking(ctx, async () => {
      began += 1;
    });
    const write = (trips: unknown) =>
      writeFeatures(counting, { view: "driver_stats", columns: driverRows([[1, at, trips]]) });
    await expectRefusal(write("x"), "invalid", "Nothing was written");
    expect(began).toBe(0);
    await write(1);
    expect(began).toBe(1);
  }),
);

test(
  "answers a repeated request as before, even if its view is gone",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const write = () =>
      writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1, at, 1]]) }, { idempotencyKey: "k" });
    expect(await write()).toEqual({ written: 1, older: 0 });
    await deleteFeatureView(ctx, { name: "driver_stats" });
    expect(await write()).toEqual({ written: 1, older: 0 });
  }),
);

test(
  "refuses a write whose expressions make too much",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    await defineFeatureView(ctx, {
      name: "notes",
      entities: ["driver"],
      source: null,
      features: [{ name: "note", type: "string" }],
      expressions: [{ name: "long", type: "string", at: "arrival", cel: `note${" + note".repeat(60)}` }],
    });
    const rows = 5_000;
    const ids = Array.from({ length: rows }, (_, row) => row);
    const columns = { driver_id: ids, note: ids.map(() => "x".repeat(1_000)), event_timestamp: ids.map(() => at) };
    await expectRefusal(writeFeatures(ctx, { view: "notes", columns }), "too-large", "Send fewer rows");
  }),
);

test("notifies nobody: that would take a lock of the whole database at each commit", async () => {
  const { db, pool } = await freshDatabase();
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const listener = await pool.connect();
  onTestFinished(() => listener.release());
  const received: unknown[] = [];
  listener.on("notification", (message) => received.push(message));
  await listener.query("listen leeway_feature_rows");
  await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1, at, 1]]) });
  await listener.query("select 1");
  expect(received).toEqual([]);
});

test(
  "numbers the rows of a write in the order of keys, those of one key as they came, and reports the same numbers",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    const columns = driverRows([
      [3, at, 30],
      [1, "2026-03-01T11:00:00Z", 10],
      [2, at, 20],
      [1, at, 11],
      [1, "2026-03-01T10:00:00Z", 12],
    ]);
    const reported = new Map<string, number>();
    const onNewest = (_: number, rows: readonly WrittenRow[]) => {
      for (const { key, sequence } of rows) reported.set(key.toString("hex"), sequence);
    };
    await writeFeatures(ctx, { view: "driver_stats", columns }, { onNewest });
    const arrivals = await ctx.db
      .select()
      .from(featureArrivals)
      .where(eq(featureArrivals.viewNumber, view.number))
      .orderBy(asc(featureArrivals.sequence));
    const hourOf = (eventAt: number) => new Date(eventAt / 1000).getUTCHours();
    const shown = arrivals.map(({ key, eventAt }) => [key.at(-1), hourOf(eventAt)]);
    expect(shown).toEqual([
      [1, 11],
      [1, 12],
      [1, 10],
      [2, 12],
      [3, 12],
    ]);
    const newest = arrivals.filter(({ isNewest }) => isNewest);
    expect(reported).toEqual(new Map(newest.map(({ key, sequence }) => [key.toString("hex"), sequence])));
  }),
);
