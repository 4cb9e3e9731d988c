import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import type { Database } from "#db/client.ts";
import { featureMinutes } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { minuteMs } from "#server/base/durations.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { OnlineFeatures } from "../features/online-features.ts";
import { FeatureCounts } from "./feature-counts.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const view = await newDriverStats(ctx, { ttlUs: 3_600_000_000 });
const { workspaceId } = ctx.actor;

const folder = () => mkdtempSync(join(tmpdir(), "leeway-feature-counts-"));
const open = (at: string, database: Database = db) => {
  const counts = new FeatureCounts({ db: database, folder: at, flushSeconds: 3_600 });
  onTestFinished(() => counts.close());
  return counts;
};

/** An answer with one row of an age, served at a time. */
function answer(servedMs: number, ageMs: number | null) {
  const servedAt = servedMs * 1000;
  const eventAt = [ageMs === null ? null : servedAt - ageMs * 1000];
  const of = { viewId: view.id, view: view.name, number: view.number, version: 1, ttlUs: view.ttlUs };
  const ageUs = [ageMs === null ? null : ageMs * 1000];
  const row = { eventAt, createdAt: eventAt, ageUs, keys: [undefined], sources: ["asked" as const] };
  return { views: [{ ...of, ...row }], columns: [], servedAt };
}

const stored = (consumer: string) =>
  db.select().from(featureMinutes).where(eq(featureMinutes.consumer, consumer)).orderBy(featureMinutes.minute);

/** A database that does not respond. */
const away = {
  execute: async () => {
    throw Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
  },
} as unknown as Database;

const start = Math.floor(Date.now() / minuteMs) * minuteMs;

test("counts look-ups and refused rows of a role's clients", async () => {
  const counts = open(folder());
  const features = new OnlineFeatures({ db, feed: { subscribe: () => () => {} }, cacheBytes: 0, counts });
  const now = Date.now();
  await features.write(ctx, {
    view: view.name,
    columns: driverRows([
      [1, new Date(now - 60_000), 1],
      [2, new Date(now - 2 * 3_600_000), 1],
    ]),
  });
  const wanted = { features: ["driver_stats:conv_rate"], service: undefined, fullNames: false };
  await features.lookUp(ctx, { ...wanted, entities: { driver_id: [1, 2, 3] } });
  const bad = { view: view.name, columns: driverRows([[1, new Date(now), "x"]]) };
  await expect(features.write(ctx, bad)).rejects.toMatchObject({ problem: "bad-cells" });
  await counts.flush();
  await counts.flush();
  const rows = await stored("");
  const sum = (name: "lookUps" | "found" | "stale" | "missing" | "rejected") =>
    rows.reduce((total, row) => total + row[name], 0);
  expect([sum("lookUps"), sum("found"), sum("stale"), sum("missing"), sum("rejected")]).toEqual([3, 1, 1, 1, 1]);
  expect(rows.flatMap(({ ages }) => Object.values(ages?.atLookUp ?? {})).reduce((all, one) => all + one)).toBe(2);
});

test("writes the same minute again with more, and counts a late look-up in a minute that may still change", async () => {
  const counts = open(folder());
  counts.lookedUp(workspaceId, answer(start + 1_000, 500), "again");
  await counts.flush();
  counts.lookedUp(workspaceId, answer(start + 59_000, 500), "again");
  counts.lookedUp(workspaceId, answer(start + 20 * minuteMs, 500), "again");
  await counts.flush();
  // The first minute is in Postgres and forgotten here: counted again from nothing, it would lose two look-ups.
  counts.lookedUp(workspaceId, answer(start + 2_000, 500), "again");
  await counts.flush();
  expect((await stored("again")).map(({ minute, lookUps }) => [minute.getTime() - start, lookUps])).toEqual([
    [0, 2],
    [minuteMs, 1],
    [20 * minuteMs, 1],
  ]);
});

test("loses nothing while Postgres is away, and leaves the rest on disk for the next process", async () => {
  const at = folder();
  const before = open(at, away);
  before.lookedUp(workspaceId, answer(start, 10), "away");
  await before.flush();
  before.lookedUp(workspaceId, answer(start, null), "away");
  await before.close();
  expect(before.dropped).toBe(0);
  const after = open(at);
  after.lookedUp(workspaceId, answer(start, 10), "away");
  await after.flush();
  expect(await stored("away")).toMatchObject([{ lookUps: 3, found: 2, missing: 1 }]);
});

test("stores what a process left that was killed", async () => {
  const at = folder();
  const killed = open(at, away);
  killed.lookedUp(workspaceId, answer(start, 10), "killed");
  await killed.flush();
  // It lives on here, so another process takes the next folder; this one is free once its owner is gone.
  const other = open(at);
  await other.flush();
  expect(await stored("killed")).toEqual([]);
  await killed.close();
  await other.close();
  const first = open(at);
  const second = open(at);
  await first.flush();
  await second.flush();
  expect(await stored("killed")).toMatchObject([{ lookUps: 1 }]);
});

test("skips minutes of a deleted view, and stores the others", async () => {
  const counts = open(folder());
  const gone = answer(start, 10);
  for (const one of gone.views) one.viewId = crypto.randomUUID();
  counts.lookedUp(workspaceId, gone, "gone");
  counts.lookedUp(workspaceId, answer(start, 10), "gone");
  await counts.flush();
  expect(await stored("gone")).toHaveLength(1);
});
