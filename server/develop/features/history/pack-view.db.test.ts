import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { artifactReleases, artifactUploads, featureArrivals, featureFiles } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { type DefinedView, loadDefinitions } from "../definitions/definitions.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { historySource } from "./history-relation.ts";
import { mergeFiles } from "./merge-files.ts";
import { packFeatures } from "./pack-features.ts";
import { packView } from "./pack-view.ts";
import { packingHorizon } from "./packing-horizon.ts";
import { type ReadView, readHistory } from "./read-history.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-pack-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = { artifacts, scratch: join(folder, "scratch") };

async function viewOf(ctx: Context): Promise<DefinedView> {
  return (await loadDefinitions(db, ctx.actor.workspaceId)).views.get("driver_stats") as DefinedView;
}

/** Writes rows of one driver, whose trips tell them apart. */
async function write(ctx: Context, driver: number, trips: readonly number[]): Promise<void> {
  const rows = trips.map((trip): [number, string, number] => {
    return [driver, `2026-03-01T12:00:${String(trip % 60).padStart(2, "0")}Z`, trip];
  });
  await writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows(rows) });
}

async function packAll(ctx: Context, onStep?: Parameters<typeof packView>[4]): Promise<void> {
  const view = await viewOf(ctx);
  const packable = await packingHorizon(ctx, { viewNumber: view.number, arrivedBefore: Number.MAX_SAFE_INTEGER });
  if (packable) await packView(ctx, view, packable.horizon, place, onStep);
}

/** The complete history, read as a training set reads it: trips by driver, in order. */
async function history(
  ctx: Context,
  horizon?: string,
): Promise<{ rows: unknown[][]; read: ReadView; horizon: string }> {
  const view = await viewOf(ctx);
  return withScratchFolder(place.scratch, async (scratch) => {
    const engine = await OfflineEngine.open({ folder: scratch, settings: { threads: 1 } });
    try {
      const found = await readHistory(ctx, [view.id], {
        engine,
        folder: scratch,
        artifacts,
        ranges: new Map(),
        horizon,
      });
      const read = found.views.get(view.id) as ReadView;
      const features = ["avg_daily_trips", "conv_rate"];
      const wanted = { hasCreatedTime: true, version: view.current, versions: view.versions, features };
      const source = historySource(wanted, read.parts, { horizon: found.horizon, cutoff: "event" });
      const columns = [source.keys.driver_id, source.features.avg_daily_trips, source.features.conv_rate, source.event];
      const sorted = `SELECT ${columns.join(", ")} FROM ${source.relation} AS source ORDER BY ${source.order}`;
      return { rows: await engine.rows(sorted, 10_000), read, horizon: found.horizon };
    } finally {
      engine.close();
    }
  });
}

const trips = (rows: unknown[][]) => rows.map(([, trip]) => Number(trip)).sort((a, b) => a - b);
const inWorkspace = (ctx: Context) => eq(featureFiles.workspaceId, ctx.actor.workspaceId);
const count = (ctx: Context, table: typeof featureArrivals | typeof featureFiles) =>
  db.$count(table, eq(table.workspaceId, ctx.actor.workspaceId));

test("moves arrivals into a file with the same rows, and reads what came since beside it", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, 7, [1, 2, 3]);
  await write(ctx, 3, [4]);
  const before = await history(ctx);
  await packAll(ctx);
  expect([await count(ctx, featureArrivals), await count(ctx, featureFiles)]).toEqual([0, 1]);
  const [file] = await db.select().from(featureFiles).where(eq(featureFiles.workspaceId, ctx.actor.workspaceId));
  expect(file).toMatchObject({ rows: 4, version: 1, replacedAt: null });
  expect([file?.minEventAt, file?.maxEventAt]).toEqual([1_772_366_401_000_000, 1_772_366_404_000_000]);
  expect((await artifacts.stat(file?.artifactKey ?? "")).sizeBytes).toBe(file?.sizeBytes);
  expect(await db.$count(artifactUploads, eq(artifactUploads.workspaceId, ctx.actor.workspaceId))).toBe(0);
  const after = await history(ctx);
  expect(after.rows).toEqual(before.rows);
  expect(after.rows[0]).toEqual([7n, 1n, 0.5, 1_772_366_401_000_000n]);
  await write(ctx, 3, [5]);
  expect(trips((await history(ctx)).rows)).toEqual([1, 2, 3, 4, 5]);
});

test("reads the state that an earlier reader named, after rows were added, packed and merged", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, 7, [1, 2]);
  const { rows, horizon } = await history(ctx);
  await write(ctx, 7, [3]);
  await packAll(ctx);
  expect((await history(ctx, horizon)).rows).toEqual(rows);
  for (let trip = 4; trip < 12; trip++) {
    await write(ctx, 7, [trip]);
    await packAll(ctx);
  }
  await mergeFiles(ctx, await viewOf(ctx), place);
  expect((await history(ctx, horizon)).rows).toEqual(rows);
  expect(trips((await history(ctx)).rows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("never packs rows of a transaction that may still be joined by an earlier one", async () => {
  const ctx = await newWorkspace(db);
  const { number } = await newDriverStats(ctx);
  const started = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  // It has its number before the next one, and writes after it.
  const late = db.transaction(async (tx) => {
    await tx.execute(sql`select pg_current_xact_id()`);
    started.resolve();
    await end.promise;
    await writeFeatures(
      { ...ctx, db: tx },
      { pushSource: "driver_push", columns: driverRows([[7, "2026-03-01T12:00:01Z", 1]]) },
    );
  });
  await started.promise;
  await write(ctx, 7, [2]);
  const all = { viewNumber: number, arrivedBefore: Number.MAX_SAFE_INTEGER };
  expect(await packingHorizon(ctx, all)).toBeUndefined();
  expect((await history(ctx)).rows).toEqual([]);
  end.resolve();
  await late;
  expect(await packingHorizon(ctx, all)).toMatchObject({ rows: 2 });
});

test.each(["load", "store", "replace"] as const)(
  "loses and doubles no row when it dies at the step %s, with writes and another packer meanwhile",
  async (step) => {
    const ctx = await newWorkspace(db);
    await newDriverStats(ctx);
    await write(ctx, 7, [1, 2]);
    const die = (at: string) => {
      if (at === step) throw new Error("killed");
    };
    await expect(packAll(ctx, die)).rejects.toThrow("killed");
    expect(trips((await history(ctx)).rows)).toEqual([1, 2]);
    await write(ctx, 7, [3]);
    await Promise.all([packAll(ctx), packAll(ctx)]);
    expect(trips((await history(ctx)).rows)).toEqual([1, 2, 3]);
    expect(await count(ctx, featureArrivals)).toBe(0);
    // What was stored for nothing is released, or is an upload that expires.
    const files = await db.select().from(featureFiles).where(eq(featureFiles.workspaceId, ctx.actor.workspaceId));
    const stored = await artifacts.list(`${ctx.actor.workspaceId}/features/${files[0]?.viewId}`);
    const released = await db.$count(artifactReleases, eq(artifactReleases.workspaceId, ctx.actor.workspaceId));
    const uploads = await db.$count(artifactUploads, eq(artifactUploads.workspaceId, ctx.actor.workspaceId));
    expect(stored.length).toBeLessThanOrEqual(files.length + released + uploads);
  },
);

test.each(["merge", "store", "replace"] as const)(
  "keeps every row once when a merge dies at the step %s",
  async (step) => {
    const ctx = await newWorkspace(db);
    await newDriverStats(ctx);
    const all = Array.from({ length: 9 }, (_, index) => index + 1);
    for (const trip of all) {
      await write(ctx, trip, [trip]);
      await packAll(ctx);
    }
    const view = await viewOf(ctx);
    const die = (at: string) => {
      if (at === step) throw new Error("killed");
    };
    await expect(mergeFiles(ctx, view, place, die)).rejects.toThrow("killed");
    expect(trips((await history(ctx)).rows)).toEqual(all);
    await Promise.all([mergeFiles(ctx, view, place), mergeFiles(ctx, view, place)]);
    expect(trips((await history(ctx)).rows)).toEqual(all);
    const live = await db.$count(featureFiles, sql`workspace_id = ${ctx.actor.workspaceId} and replaced_at is null`);
    expect(live).toBe(1);
    // A day later, files that were merged are gone.
    await db.execute(
      sql`update feature_files set replaced_at = now() - interval '2 days' where replaced_at is not null`,
    );
    await mergeFiles(ctx, view, place);
    expect(await count(ctx, featureFiles)).toBe(1);
    expect(trips((await history(ctx)).rows)).toEqual(all);
  },
);

test("packs rows of several versions of a schema, and reads them by the newest", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, 7, [1]);
  const features = [...driverStats.features, { name: "rating", type: "float64" as const }];
  await defineFeatureView(ctx, { ...driverStats, features });
  const columns = { ...driverRows([[7, "2026-03-01T13:00:00Z", 2]]), rating: [4.5] };
  await writeFeatures(ctx, { pushSource: "driver_push", columns });
  await packAll(ctx);
  expect(await count(ctx, featureFiles)).toBe(2);
  expect(trips((await history(ctx)).rows)).toEqual([1, 2]);
});

test("runs as a job: packs a view once its rows are an hour old", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, 7, [1]);
  await packFeatures(ctx, place);
  expect(await count(ctx, featureFiles)).toBe(0);
  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000);
  expect([await count(ctx, featureFiles), await count(ctx, featureArrivals)]).toEqual([1, 0]);
});

test("merges and removes files of a view that gets no rows any more", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  for (let trip = 1; trip <= 8; trip++) {
    await write(ctx, trip, [trip]);
    await packAll(ctx);
  }
  expect([await count(ctx, featureArrivals), await count(ctx, featureFiles)]).toEqual([0, 8]);
  await packFeatures(ctx, place);
  expect(await db.$count(featureFiles, and(inWorkspace(ctx), isNull(featureFiles.replacedAt)))).toBe(1);
  expect(await count(ctx, featureFiles)).toBe(9);
  await db
    .update(featureFiles)
    .set({ replacedAt: sql`now() - interval '2 days'` })
    .where(and(inWorkspace(ctx), isNotNull(featureFiles.replacedAt)));
  await packFeatures(ctx, place);
  expect(await count(ctx, featureFiles)).toBe(1);
  expect(trips((await history(ctx)).rows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
