import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { featureArrivals, featureFiles } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { layoutOf } from "../definitions/view-features.ts";
import { packView } from "../history/pack-view.ts";
import { packingHorizon } from "../history/packing-horizon.ts";
import { formatTime } from "../values/parse-time.ts";
import { writeFeatures } from "../writes/write-features.ts";
import type { KeyRows } from "./contract.ts";
import { getKeyRows } from "./get-key-rows.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-keys-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = { artifacts, scratch: join(folder, "scratch") };

const now = Date.now() * 1000;
const minute = 60_000_000;
/** A time so many minutes ago. */
const ago = (minutes: number) => formatTime(Math.floor(now / minute - minutes) * minute);

async function write(ctx: Context, rows: Parameters<typeof driverRows>[0]): Promise<void> {
  await writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows(rows) });
}

/** Lets rows that have one of these numbers of trips arrive at a time so many minutes ago. */
async function arriveAt(ctx: Context, trips: number, minutes: number): Promise<void> {
  const view = (await loadDefinitions(db, ctx.actor.workspaceId)).views.get("driver_stats");
  const rows = await db
    .select()
    .from(featureArrivals)
    .where(eq(featureArrivals.viewNumber, view?.number ?? 0));
  for (const row of rows) {
    const version = view?.current;
    if (!version || layoutOf(version).unpack(row.packed)[2] !== BigInt(trips)) continue;
    const arrivedAt = Number(Math.floor(now / minute - minutes) * minute);
    await db.update(featureArrivals).set({ arrivedAt }).where(eq(featureArrivals.sequence, row.sequence));
  }
}

async function pack(ctx: Context): Promise<void> {
  const view = (await loadDefinitions(db, ctx.actor.workspaceId)).views.get("driver_stats");
  if (!view) throw new Error("There is no view.");
  const packable = await packingHorizon(ctx, { viewNumber: view.number, arrivedBefore: Number.MAX_SAFE_INTEGER });
  if (packable) await packView(ctx, view, packable.horizon, place);
}

const ofDriver = (ctx: Context, driver: unknown, at?: string): Promise<KeyRows> =>
  getKeyRows(ctx, { view: "driver_stats", keys: { driver_id: driver }, ...(at !== undefined && { at }) }, place);

const tripsOf = (moment: KeyRows["now"] | null) => moment?.values.find(({ name }) => name === "avg_daily_trips");
const historyOf = ({ history }: KeyRows) => history.map(({ values }) => values.at(-1)?.value);

test.each([false, true])("reads a key now and as of a time; rows are in files: %s", async (isPacked) => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, [
    [1, ago(120), 10],
    [2, ago(10), 99],
  ]);
  await arriveAt(ctx, 10, 110);
  // It was true before row 30, and arrived after it.
  await write(ctx, [[1, ago(60), 20]]);
  await arriveAt(ctx, 20, 5);
  await write(ctx, [[1, ago(30), 30]]);
  await arriveAt(ctx, 30, 29);
  if (isPacked) await pack(ctx);
  const files = await db.select().from(featureFiles).where(eq(featureFiles.workspaceId, ctx.actor.workspaceId));
  expect(files).toHaveLength(isPacked ? 1 : 0);

  const rows = await ofDriver(ctx, "1", ago(45));
  expect(rows.keys).toEqual([{ name: "driver_id", type: "int64", value: 1n }]);
  expect(tripsOf(rows.now)).toMatchObject({ value: 30n, status: "PRESENT", from: "row" });
  expect(rows.now).toMatchObject({ origin: isPacked ? null : "rows", version: 1 });
  expect(rows.now.ageUs).toBeGreaterThanOrEqual(29 * minute);
  // Row 20 had not arrived 45 minutes ago.
  expect(tripsOf(rows.asOf)).toMatchObject({ value: 10n, status: "PRESENT" });
  expect(rows.asOf?.ageUs).toBe(75 * minute);
  expect(tripsOf(rows.knownNow)).toMatchObject({ value: 20n });
  expect(historyOf(rows)).toEqual([30n, 20n, 10n]);
  expect(rows.hasOlder).toBe(false);
});

test.each([false, true])(
  "takes rows that were written to the history alone for known, not for served; in files: %s",
  async (isPacked) => {
    const ctx = await newWorkspace(db);
    await newDriverStats(ctx);
    await write(ctx, [[1, ago(60), 20]]);
    await arriveAt(ctx, 20, 59);
    const columns = driverRows([[1, ago(40), 30]]);
    await writeFeatures(ctx, { pushSource: "driver_push", columns, isHistoryOnly: true });
    await arriveAt(ctx, 30, 39);
    if (isPacked) await pack(ctx);
    const rows = await ofDriver(ctx, 1, ago(30));
    expect([tripsOf(rows.asOf)?.value, tripsOf(rows.knownNow)?.value, tripsOf(rows.now)?.value]).toEqual([
      20n,
      30n,
      20n,
    ]);
    expect(rows.history.map(({ isOnline }) => isOnline)).toEqual([false, true]);
  },
);

test("joins rows of files and arrivals in the order of events, and reads versions of the schema as the present one", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, [[1, ago(60), 20]]);
  await pack(ctx);
  await defineFeatureView(ctx, {
    ...driverStats,
    features: [...driverStats.features, { name: "rating", type: "float64" }],
  });
  const late = { ...driverRows([[1, ago(90), 10]]), rating: [4.5] };
  await writeFeatures(ctx, { pushSource: "driver_push", columns: late });
  const rows = await ofDriver(ctx, 1);
  expect(rows.history.map(({ version, eventAt }) => [version, formatTime(eventAt)])).toEqual([
    [1, ago(60)],
    [2, ago(90)],
  ]);
  expect(tripsOf(rows.now)).toMatchObject({ value: 20n });
  expect(rows.now.values.at(-1)).toEqual({
    name: "rating",
    type: "float64",
    value: null,
    status: "NULL_VALUE",
    from: "row",
  });
  expect(rows.asOf).toBeNull();
});

test("judges ages at the time that is asked for, and withholds what was too old then", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx, { ttlUs: 30 * minute });
  await write(ctx, [[1, ago(120), 10]]);
  await arriveAt(ctx, 10, 119);
  const { now: present, asOf } = await ofDriver(ctx, 1, ago(100));
  expect(tripsOf(present)).toMatchObject({ value: null, status: "OUTSIDE_MAX_AGE" });
  expect(tripsOf(asOf)).toMatchObject({ value: 10n, status: "PRESENT" });
  expect(tripsOf((await ofDriver(ctx, 1, ago(89))).asOf)).toMatchObject({ status: "OUTSIDE_MAX_AGE" });
  expect(tripsOf((await ofDriver(ctx, 1, ago(121))).asOf)).toMatchObject({ status: "NOT_FOUND" });
});

test("answers unknown and incomplete keys without a row", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, [[1, ago(10), 10]]);
  const unknown = await ofDriver(ctx, 5, ago(1));
  expect(unknown.now).toMatchObject({ eventAt: null, ageUs: null, origin: null });
  expect(tripsOf(unknown.asOf)).toMatchObject({ value: null, status: "NOT_FOUND" });
  expect(unknown.history).toEqual([]);
  const without = await ofDriver(ctx, null);
  expect(without.keys).toEqual([{ name: "driver_id", type: "int64", value: null }]);
  expect(tripsOf(without.now)).toMatchObject({ status: "NOT_FOUND" });
  expect(without.history).toEqual([]);
});

test("finds rows of several join keys of any type, in a file", async () => {
  const ctx = await newWorkspace(db);
  const entities = [
    ["cell", "cell", "string"],
    ["day", "day", "timestamp"],
    ["flag", "flag", "bool"],
    ["hash", "hash", "bytes"],
  ] as const;
  for (const [name, joinKey, type] of entities) await defineFeatureEntity(ctx, { name, joinKey, type });
  await defineFeatureView(ctx, {
    name: "driver_stats",
    entities: ["cell", "day", "flag", "hash"],
    features: [
      { name: "marks", type: "list<timestamp>" },
      { name: "blob", type: "bytes" },
      { name: "small", type: "int32" },
      { name: "share", type: "float32" },
    ],
    expressions: [{ name: "double_small", type: "int64", at: "look-up", cel: "small * 2" }],
  });
  const columns = {
    cell: ["it's", "it's"],
    day: ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"],
    flag: [true, false],
    hash: ["AAE=", "AAE="],
    event_timestamp: [ago(10), ago(10)],
    marks: [["2026-03-01T00:00:00.000001Z"], []],
    blob: ["/w==", null],
    small: [-7, 1],
    share: [0.1, null],
  };
  await writeFeatures(ctx, { view: "driver_stats", columns });
  await pack(ctx);
  const keys = { cell: "it's", day: "2026-03-01T00:00:00Z", flag: "true", hash: "AAE=" };
  const { asOf, now: present, history } = await getKeyRows(ctx, { view: "driver_stats", keys, at: ago(5) }, place);
  // It arrived after that time.
  expect(asOf?.values.every(({ status }) => status === "NOT_FOUND" || status === "NULL_VALUE")).toBe(true);
  expect(history).toHaveLength(1);
  expect(history[0]?.values.map(({ value }) => value)).toEqual([
    [1_772_323_200_000_001n],
    Buffer.from([255]),
    -7,
    Math.fround(0.1),
  ]);
  expect(present.values.at(-1)).toMatchObject({ name: "double_small", value: -14n, from: "look-up" });
});

test("leaves out expressions that need a request", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx, {
    requestInputs: [{ name: "limit", type: "int64" }],
    expressions: [
      { name: "is_busy", type: "bool", at: "look-up", cel: "avg_daily_trips > limit" },
      { name: "is_idle", type: "bool", at: "look-up", cel: "!is_busy" },
      { name: "half", type: "int64", at: "look-up", cel: "avg_daily_trips / 2" },
    ],
  });
  await write(ctx, [[1, ago(10), 10]]);
  const { now: present, needRequest } = await ofDriver(ctx, 1);
  expect(needRequest).toEqual(["is_busy", "is_idle"]);
  expect(present.values.at(-1)).toMatchObject({ name: "half", value: 5n });
});

test("refuses a time that is none or in the future, and a key of another type", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await expectRefusal(ofDriver(ctx, 1, "yesterday"), "invalid", "Enter a time such as");
  await expectRefusal(ofDriver(ctx, 1, formatTime(now + 60 * minute)), "invalid", "must not be in the future");
  await expectRefusal(ofDriver(ctx, "x"), "invalid", '"x" is not an integer');
  await expectRefusal(getKeyRows(ctx, { view: "driver_stats", keys: {} }, place), "invalid", '"driver_id" is missing');
  await expectRefusal(getKeyRows(ctx, { view: "none", keys: {} }, place), "not-found", 'Feature view "none" not found');
});
