import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { afterAll, expect, test, vi } from "vitest";
import { alerts, featureSkew, featureSkewHours } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { type DefinedView, loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { deleteFeatureView } from "#server/develop/features/definitions/delete-feature-view.ts";
import { packFeatures } from "#server/develop/features/history/pack-features.ts";
import { answerLookUp } from "#server/develop/features/look-up/answer-look-up.ts";
import { planLookUp } from "#server/develop/features/look-up/plan-look-up.ts";
import { postgresRows } from "#server/develop/features/rows/postgres-rows.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import type { ServedFeatures } from "#server/serve/features/contract.ts";
import { servedView } from "#server/testing/fixtures/features/served.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { compareServedFeatures } from "./compare-served-features.ts";
import { findDueHours } from "./due-hours.ts";
import { getViewSkew } from "./queries.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-skew-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const place = { artifacts: await openLocalStore(join(folder, "artifacts")), scratch: join(folder, "scratch") };

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const write = (ctx: Context, rows: Parameters<typeof driverRows>[0], isHistoryOnly = false) =>
  writeFeatures(ctx, { view: "driver_stats", columns: driverRows(rows), isHistoryOnly });

/** Looks drivers up as a prediction does, and returns what it keeps of the answer. */
async function lookUp(ctx: Context, drivers: readonly number[]): Promise<ServedFeatures> {
  const definitions = await loadDefinitions(db, ctx.actor.workspaceId);
  const features = ["avg_daily_trips", "conv_rate"].map((name) => `driver_stats:${name}`);
  const plan = planLookUp(definitions, { features, fullNames: false });
  const answer = await answerLookUp(definitions, plan, { driver_id: drivers }, { rows: postgresRows(db) });
  const view = definitions.views.get("driver_stats") as DefinedView;
  return { servedAt: answer.servedAt, views: [servedView(view, answer)] };
}

/** What a prediction kept, with another value of trips in its first row. */
function withTrips(served: ServedFeatures, trips: number): ServedFeatures {
  const views = served.views.map((view) => ({
    ...view,
    features: view.features.map((feature) =>
      feature.name === "avg_daily_trips" ? { ...feature, values: [trips, ...feature.values.slice(1)] } : feature,
    ),
  }));
  return { ...served, views };
}

type Options = NonNullable<Parameters<typeof compareServedFeatures>[3]>;

async function newFixture(changes: Parameters<typeof newDriverStats>[1] = {}) {
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx, changes);
  const { endpointId, versionId } = await newServed(ctx);
  const hour = Math.floor(Date.now() / hourMs) * hourMs;
  const log = (features: ServedFeatures, at = hour + minuteMs) =>
    newLogged(ctx, { endpointId, versionId, at: new Date(at), features });
  const compare = (now: number, more: Options = {}) =>
    compareServedFeatures(ctx, place, notifyAfterChange, { now, ...more });
  const day = new Date(hour).toISOString().slice(0, 10);
  const skew = () => getViewSkew(ctx, { view: "driver_stats", from: day, to: day });
  return { ctx, view, endpointId, hour, log, compare, skew };
}

test("compares look-ups with what had arrived, and with what is true once late rows had time to arrive", async () => {
  const { ctx, hour, log, compare, skew } = await newFixture();
  // The slowest row says how long late rows are waited for: 20 hours.
  await write(ctx, [
    [1, ago(minuteMs), 5],
    [2, ago(minuteMs), 6],
    [3, ago(20 * hourMs), 7],
  ]);
  await write(ctx, [[2, ago(30_000), 66]], true);
  // After a second every look-up has to see it, if it were for look-ups.
  await pause(1_100);
  await log(await lookUp(ctx, [1, 2, 3, 99]));
  await log(await lookUp(ctx, [1]));
  // Shadow copies have the values of what they copy.
  await log(withTrips(await lookUp(ctx, [2]), 1234));
  await write(ctx, [[1, ago(40_000), 9]]);
  await compare(hour + hourMs + 10 * minuteMs);
  const first = await skew();
  expect(first.known).toMatchObject({ compared: 12, mismatched: 1, causes: [{ cause: "unknown", count: 1 }] });
  expect(first).toMatchObject({ true: { compared: 0 }, knownUntil: new Date(hour + hourMs), trueUntil: null });

  // From files, as well as from rows that are in none yet.
  await packFeatures(ctx, place, Date.now() + 3 * hourMs);
  await write(ctx, [[99, ago(50_000), 4]]);
  await compare(hour + hourMs + 23 * hourMs);
  const last = await skew();
  expect(last.known).toMatchObject({ compared: 12, mismatched: 1 });
  expect(last.trueUntil).toEqual(new Date(hour + hourMs));
  const trips = last.features.find(({ feature }) => feature === "avg_daily_trips");
  expect(trips?.true).toMatchObject({
    compared: 6,
    mismatched: 5,
    missing: 1,
    causes: expect.arrayContaining([
      // Driver 1 twice and driver 99, whose first row came afterwards; driver 2 twice.
      { cause: "late", count: 3 },
      { cause: "history only", count: 2 },
    ]),
  });
  // |5−9| twice, |6−66|, |1234−66|; over their sums and the equal 7.
  expect(trips?.true.smape).toBeCloseTo((8 + 60 + 1168) / (28 + 72 + 1300 + 14), 12);
});

test("a worker that dies counts nothing twice, and predictions that come late are counted too", async () => {
  const { ctx, view, hour, log, compare, skew } = await newFixture();
  await write(ctx, [[1, ago(minuteMs), 5]]);
  await log(await lookUp(ctx, [1]));
  const now = hour + hourMs + 10 * minuteMs;
  for (const step of ["read", "compare", "store"]) {
    const dies = compare(now, {
      attempt: async (_, work) => work(),
      onStep: (at) => {
        if (at === step) throw new Error("died");
      },
    });
    await expect(dies).rejects.toThrow("died");
  }
  expect((await skew()).known.compared).toBe(0);
  await Promise.all([compare(now), compare(now)]);
  expect((await skew()).known.compared).toBe(2);
  // It is final: nothing is compared again,
  await compare(now, { onStep: () => expect.unreachable() });
  // until another prediction of the hour comes from a spool.
  await log(await lookUp(ctx, [1, 1]), hour + 2 * minuteMs);
  await compare(now + hourMs);
  expect((await skew()).known.compared).toBe(6);
  const hours = await db.select().from(featureSkewHours).where(eq(featureSkewHours.viewId, view.id));
  expect(hours).toMatchObject([{ predictions: 2, lookUps: 3, isFinal: true, keyShare: 1 }]);
  // Rows of the history that a long transaction hides make it wait.
  await log(await lookUp(ctx, [1]), hour + 3 * minuteMs);
  await db.transaction(async (open) => {
    await open.execute("select pg_current_xact_id()");
    await write(ctx, [[1, ago(0), 6]]);
    await compare(now + 2 * hourMs);
  });
  expect((await skew()).known.compared).toBe(6);
  await compare(now + 2 * hourMs);
  expect((await skew()).known).toMatchObject({ compared: 8, mismatched: 0 });
});

test("compares an hour that failed for one view when another view has it", async () => {
  const { ctx, view, hour, log, compare, skew } = await newFixture();
  const other = await newDriverStats(ctx, { name: "other_stats" });
  await write(ctx, [[1, ago(minuteMs), 5]]);
  const served = await lookUp(ctx, [1]);
  const [own] = served.views;
  if (!own) throw new Error("Nothing was served.");
  await log({ ...served, views: [own, { ...own, viewId: other.id, view: other.name, number: other.number }] });
  for (const now of [hour + hourMs + 10 * minuteMs, hour + dayMs]) {
    await compare(now, { attempt: async ({ id }, work) => (id === `view ${view.id}` ? undefined : work()) });
    expect((await skew()).known.compared).toBe(0);
  }
  await compare(hour + dayMs);
  expect((await skew()).known).toMatchObject({ compared: 2, mismatched: 0 });
  await compare(hour + dayMs, { onStep: () => expect.unreachable() });
});

test("reads which views an hour looked up once, and again when it has more predictions", async () => {
  const { ctx, view, hour, log } = await newFixture();
  await write(ctx, [[1, ago(minuteMs), 5]]);
  const served = await lookUp(ctx, [1]);
  await log(served);
  await log(served, hour + hourMs);
  const due = async () => {
    const execute = vi.spyOn(db, "execute");
    const hours = (await findDueHours(ctx, [view], hour + 3 * hourMs)).get(view.id)?.map(({ lookUps }) => lookUps);
    // Besides: predictions of all hours, and how late rows arrive, by minutes and by arrivals.
    const read = execute.mock.calls.length - 3;
    execute.mockRestore();
    return { hours, read };
  };
  expect(await due()).toEqual({ hours: [1, 1], read: 2 });
  expect(await due()).toEqual({ hours: [1, 1], read: 0 });
  await log(served, hour + hourMs);
  expect(await due()).toEqual({ hours: [1, 2], read: 1 });
});

test("reads rows that an earlier, longer TTL let count", async () => {
  const { ctx, hour, log, compare, skew } = await newFixture({ ttlUs: 7 * dayMs * 1000 });
  await write(ctx, [[1, ago(3 * dayMs), 5]]);
  // Files whose newest event is too old are not read.
  await packFeatures(ctx, place, Date.now() + 3 * hourMs);
  await log(await lookUp(ctx, [1]));
  await defineFeatureView(ctx, { ...driverStats, ttlUs: dayMs * 1000 });
  await compare(hour + hourMs + 10 * minuteMs);
  expect((await skew()).known).toMatchObject({ compared: 2, mismatched: 0 });
});

test("pages for values that the store did not have, opens a ticket for late rows, and resolves both", async () => {
  const { ctx, endpointId, hour, log, compare } = await newFixture();
  await write(ctx, [[1, ago(minuteMs), 5]]);
  const served = await lookUp(
    ctx,
    Array.from({ length: 100 }, () => 1),
  );
  await log(withTrips(served, 1234));
  const active = async () => {
    const rows = await db.select().from(alerts).where(eq(alerts.endpointId, endpointId));
    return rows.filter(({ isEnded }) => !isEnded).map(({ labels }) => labels);
  };
  const now = hour + hourMs + 10 * minuteMs;
  await compare(now);
  // One of 100 is no evidence.
  expect(await active()).toEqual([]);
  for (let again = 0; again < 7; again += 1) await log(withTrips(served, 1234), hour + (2 + again) * minuteMs);
  await write(ctx, [[1, ago(40_000), 9]]);
  await compare(now);
  const labels = await active();
  expect(labels).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ alertname: "FeatureSkew", severity: "page", feature: "driver_stats" }),
      expect.objectContaining({ alertname: "FeatureSkew", severity: "ticket", kind: "late or corrected values" }),
    ]),
  );
  expect(labels).toHaveLength(2);
  // Look-ups of the next hours could not be compared: nothing says that it is over.
  await log(await lookUp(ctx, [1]), hour + 7 * hourMs);
  const failing = { attempt: async ({ id }, work) => (id.startsWith("view ") ? undefined : work()) } satisfies Options;
  await compare(now + 8 * hourMs, failing);
  expect(await active()).toHaveLength(2);
  // Hours later nothing says that it goes on; what is true is counted by the day.
  await compare(now + 8 * hourMs);
  expect(await active()).toMatchObject([{ severity: "ticket" }]);
  await compare(now + 3 * dayMs);
  expect(await active()).toEqual([]);
});

test("resolves a page when the view is deleted, also the last one", async () => {
  const { ctx, endpointId, hour, log, compare } = await newFixture();
  await write(ctx, [[1, ago(minuteMs), 5]]);
  const served = await lookUp(
    ctx,
    Array.from({ length: 100 }, () => 1),
  );
  for (let again = 0; again < 10; again += 1) await log(withTrips(served, 1234), hour + again * minuteMs);
  const now = hour + hourMs + 10 * minuteMs;
  await compare(now);
  const firing = async () => {
    const rows = await db.select().from(alerts).where(eq(alerts.endpointId, endpointId));
    return rows.filter(({ isEnded }) => !isEnded);
  };
  expect(await firing()).toHaveLength(1);
  await deleteFeatureView(ctx, { name: "driver_stats", force: "test" });
  await compare(now);
  expect(await firing()).toEqual([]);
});

test("leaves out what cannot be compared: redacted values, another number of the view, and other workspaces", async () => {
  const { ctx, view, hour, log, compare, skew } = await newFixture();
  const other = await newFixture();
  await write(ctx, [[1, ago(minuteMs), 5]]);
  const served = await lookUp(ctx, [1]);
  const [own] = served.views;
  if (!own) throw new Error("Nothing was served.");
  await log({ ...served, views: [{ ...own, number: own.number + 1000 }] });
  await log({ ...served, views: [{ ...own, viewId: other.view.id }] });
  const features = own.features.map((feature) => ({ ...feature, isRedacted: true, values: [null] }));
  await log({ ...served, views: [{ ...own, features }] });
  await compare(hour + hourMs + 10 * minuteMs);
  await other.compare(hour + hourMs + 10 * minuteMs);
  expect((await skew()).known.compared).toBe(0);
  expect((await other.skew()).known.compared).toBe(0);
  expect(await db.select().from(featureSkew).where(eq(featureSkew.viewId, view.id))).toEqual([]);
});
