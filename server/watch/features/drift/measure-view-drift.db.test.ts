import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import {
  datasetVersions,
  featureArrivals,
  featureDriftDays,
  featureDriftReferences,
  featureUses,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import type { FeatureView } from "#server/develop/features/contract.ts";
import { layoutOf } from "#server/develop/features/definitions/view-features.ts";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { withScratchFolder } from "#server/develop/features/offline/engine/with-scratch-folder.ts";
import { encodeEntityKey } from "#server/develop/features/rows/entity-key.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { measureViewDrift } from "./measure-view-drift.ts";
import { getViewDrift } from "./queries.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-view-drift-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const place = { artifacts: await openLocalStore(join(folder, "artifacts")), scratch: join(folder, "scratch") };

const first = Date.UTC(2026, 2, 2);

test("compares days with the first week of rows, and finds a shift and missing values", async () => {
  const ctx = await newWorkspace(db);
  const view: FeatureView = await newDriverStats(ctx);
  const random = seededRandom(3);
  const layout = layoutOf(view.current);
  /** Adds rows that arrived on a day. */
  const arrive = async (day: number, rows: number, rate: () => number | null) => {
    const at = (first + day * dayMs) * 1000;
    const values = Array.from({ length: rows }, (_, index) => ({
      viewNumber: view.number,
      workspaceId: ctx.actor.workspaceId,
      arrivedAt: at + Math.floor((index / rows) * dayMs) * 1000,
      eventAt: at,
      createdAt: at,
      key: encodeEntityKey(["int64"], [BigInt(index)]) as Buffer,
      packed: layout.pack([rate(), 0.25, BigInt(Math.floor(random() * 10))]),
      isNewest: true,
      origin: "rows",
    }));
    await db.insert(featureArrivals).values(values);
  };
  const usual = () => Math.fround(normalFrom(random));
  for (let day = 0; day < 9; day += 1) await arrive(day, 300, usual);
  await arrive(9, 300, () => (random() < 0.4 ? null : Math.fround(2 + normalFrom(random))));
  const measure = (day: number) => measureViewDrift(ctx, place, { now: first + day * dayMs + dayMs / 2 });
  const drift = () => getViewDrift(ctx, { view: "driver_stats", from: "2026-03-01", to: "2026-03-31" });

  await measure(6);
  expect(await drift()).toMatchObject({ problem: "no-reference", features: [] });
  await measure(7);
  expect(await drift()).toMatchObject({
    problem: "no-rows",
    reference: { kind: "week", rows: 2_100, words: "rows that arrived from 2026-03-02 to 2026-03-08" },
  });
  await measure(10);
  const found = await drift();
  expect(found.newest).toEqual({ day: "2026-03-11", arrived: 300, rows: 300 });
  const [worst, ...others] = found.features;
  expect(worst).toMatchObject({ feature: "conv_rate", newest: { state: "drift", referenceNullShare: 0 } });
  expect(worst?.newest.nullShare).toBeCloseTo(0.4, 1);
  expect(worst?.newest.psi).toBeGreaterThan(worst?.newest.line ?? Number.POSITIVE_INFINITY);
  expect(worst?.days.map(({ day, state }) => [day, state])).toEqual([
    ["2026-03-09", "usual"],
    ["2026-03-10", "usual"],
    ["2026-03-11", "drift"],
  ]);
  expect(worst?.bars.reduce((sum, { current }) => sum + current, 0)).toBeCloseTo(1, 6);
  expect(others.find(({ feature }) => feature === "avg_daily_trips")?.newest.state).toBe("usual");
  // Measured again, nothing changes.
  await measure(10);
  expect(await drift()).toEqual(found);
  expect(await db.$count(featureDriftReferences, eq(featureDriftReferences.viewId, view.id))).toBe(1);
  expect(await db.$count(featureDriftDays)).toBe(3);
});

test("takes the training set in which the view was used last as the reference", async () => {
  const ctx = await newWorkspace(db);
  const { workspaceId } = ctx.actor;
  const view = await newDriverStats(ctx);
  const artifactKey = `${workspaceId}/datasets/trips.parquet`;
  const bytes = await withScratchFolder(place.scratch, async (scratch) => {
    const engine = await OfflineEngine.open({ folder: scratch });
    try {
      const path = join(scratch, "rows.parquet");
      const columns = "random()::FLOAT AS driver_stats__conv_rate, i % 10 AS avg_daily_trips, NULL::FLOAT AS acc_rate";
      await engine.run(`COPY (SELECT ${columns} FROM range(1000) AS r(i)) TO '${path}' (FORMAT parquet)`);
      return await place.artifacts.put(artifactKey, createReadStream(path));
    } finally {
      engine.close();
    }
  });
  const [version] = await db
    .insert(datasetVersions)
    .values({
      workspaceId,
      name: "trips",
      digest: "a",
      contentHash: "a",
      fileName: "trips.parquet",
      format: "parquet",
      artifactKey,
      ...bytes,
      rows: 1000,
      columns: [],
      createdBy: "test",
    })
    .returning();
  await db.insert(featureUses).values({
    workspaceId,
    viewId: view.id,
    version: 1,
    userKind: "dataset-version",
    userId: version?.id ?? "",
    userName: "trips",
    features: ["conv_rate", "avg_daily_trips"],
  });
  await measureViewDrift(ctx, place, { now: first });
  const drift = await getViewDrift(ctx, { view: "driver_stats" });
  expect(drift.reference).toMatchObject({ kind: "training-set", rows: 1000, words: "training set trips" });
  const [reference] = await db.select().from(featureDriftReferences).where(eq(featureDriftReferences.viewId, view.id));
  expect(reference?.features).toMatchObject([
    { name: "conv_rate", profile: { kind: "numeric", count: 1000 } },
    { name: "acc_rate", profile: { count: 0, nulls: 1000 } },
    { name: "avg_daily_trips", profile: { isInteger: true, min: 0, max: 9 } },
  ]);
});
