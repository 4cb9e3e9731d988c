import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test, vi } from "vitest";
import {
  datasetVersions,
  featureArrivals,
  featureDriftDays,
  featureDriftReferences,
  featureTrainingSets,
  featureUses,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import type { FeatureView } from "#server/develop/features/contract.ts";
import { layoutOf } from "#server/develop/features/definitions/view-features.ts";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { withScratchFolder } from "#server/develop/features/offline/engine/with-scratch-folder.ts";
import { encodeEntityKey } from "#server/develop/features/rows/entity-key.ts";
import { TrainingSetRequest } from "#server/develop/features/training-sets/contract.ts";
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

interface Trained {
  /** Columns of the file, as DuckDB writes them. */
  columns: string;
  /** Features by view, which has a name of its own in the set. */
  features: [view: Pick<FeatureView, "id" | "number" | "name">, feature: string, as?: string][];
  fullNames: boolean;
}

/** Stores a training set of 1,000 rows, as made from features. */
async function addTrainingSet(ctx: Context, name: string, { columns, features, fullNames }: Trained) {
  const { workspaceId } = ctx.actor;
  const artifactKey = `${workspaceId}/datasets/${name}.parquet`;
  const bytes = await withScratchFolder(place.scratch, async (scratch) => {
    const engine = await OfflineEngine.open({ folder: scratch });
    try {
      const path = join(scratch, "rows.parquet");
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
      name,
      digest: name,
      contentHash: name,
      fileName: `${name}.parquet`,
      format: "parquet",
      artifactKey,
      ...bytes,
      rows: 1000,
      columns: [],
      createdBy: "test",
    })
    .returning();
  const datasetVersionId = version?.id ?? "";
  const request = TrainingSetRequest.parse({
    note: "",
    rows: { dataset: "rows", digest: "a" },
    views: features.map(([{ id, number, name: view }, , as = view]) => {
      const pinned = { view, viewId: id, number, version: 1, name: as, joinKeys: {} };
      return { ...pinned, ttlUs: null, cutoff: "event" };
    }),
    features: features.map(([, feature], view) => ({ view, feature })),
    fullNames,
    labelTime: null,
    split: null,
    horizon: null,
  });
  await db
    .insert(featureTrainingSets)
    .values({ workspaceId, name, request, state: "done", datasetVersionId, createdBy: "test" });
  const uses = Map.groupBy(features, ([{ id }]) => id);
  await db.insert(featureUses).values(
    [...uses].map(([viewId, own]) => ({
      workspaceId,
      viewId,
      version: 1,
      userKind: "dataset-version" as const,
      userId: datasetVersionId,
      userName: name,
      features: own.map(([, feature]) => feature),
    })),
  );
}

const referencesOf = (view: FeatureView) =>
  db.select().from(featureDriftReferences).where(eq(featureDriftReferences.viewId, view.id));

test("takes the training set in which the view was used last as the reference, and of it the view's own columns", async () => {
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx);
  const other = await newDriverStats(ctx, { name: "other" });
  await addTrainingSet(ctx, "trips", {
    // The rows have columns with names of features, which are the reason for full names.
    columns:
      "random()::FLOAT AS stats__conv_rate, 'text' AS conv_rate, i AS driver_stats__conv_rate, i % 10 AS stats__avg_daily_trips, NULL::FLOAT AS acc_rate",
    features: [
      [view, "conv_rate", "stats"],
      [view, "avg_daily_trips", "stats"],
    ],
    fullNames: true,
  });
  await measureViewDrift(ctx, place, { now: first });
  const drift = await getViewDrift(ctx, { view: "driver_stats" });
  expect(drift.reference).toMatchObject({ kind: "training-set", rows: 1000, words: "training set trips" });
  expect((await referencesOf(view))[0]?.features).toMatchObject([
    { name: "conv_rate", profile: { kind: "numeric", count: 1000, min: expect.closeTo(0, 1) } },
    { name: "avg_daily_trips", profile: { isInteger: true, min: 0, max: 9 } },
  ]);
  // Of two views with the same names, the set has one feature each.
  await addTrainingSet(ctx, "others", {
    columns: "100 + i AS avg_daily_trips, random()::FLOAT AS acc_rate",
    features: [
      [other, "avg_daily_trips"],
      [view, "acc_rate"],
    ],
    fullNames: false,
  });
  await measureViewDrift(ctx, place, { now: first });
  const references = await referencesOf(view);
  expect(references.map(({ features }) => features.map(({ name }) => name))).toEqual([
    ["conv_rate", "avg_daily_trips"],
    ["acc_rate"],
  ]);
  expect((await referencesOf(other))[0]?.features).toMatchObject([
    { name: "avg_daily_trips", profile: { min: 100, max: 1099 } },
  ]);
});

test("reads a training set once, and none that has nothing of the view to measure", async () => {
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx);
  const read = vi.spyOn(place.artifacts, "open");
  await addTrainingSet(ctx, "none", { columns: "i AS computed", features: [[view, "computed"]], fullNames: false });
  await measureViewDrift(ctx, place, { now: first });
  expect(read).not.toHaveBeenCalled();
  await addTrainingSet(ctx, "some", { columns: "i AS acc_rate", features: [[view, "acc_rate"]], fullNames: false });
  await measureViewDrift(ctx, place, { now: first });
  await measureViewDrift(ctx, place, { now: first });
  expect(read).toHaveBeenCalledTimes(1);
  expect(await referencesOf(view)).toHaveLength(1);
});
