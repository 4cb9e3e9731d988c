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
import { writeRestored } from "#server/platform/installation-state.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { type DefinedView, loadDefinitions } from "../definitions/definitions.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { historySource } from "./history-relation.ts";
import { mergeFiles } from "./merge-files.ts";
import { packView } from "./pack-view.ts";
import { packingHorizon } from "./packing-horizon.ts";
import { readHistory } from "./read-history.ts";
import { settleRestoredHistory } from "./restored-history.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-restored-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = { artifacts, scratch: join(folder, "scratch") };

/** A state before every row here, as that of a new cluster is before rows of the one that was backed up. */
const early = "4";

async function tripsAt(ctx: Context, view: DefinedView, horizon: string): Promise<number[]> {
  return withScratchFolder(place.scratch, async (scratch) => {
    const engine = await OfflineEngine.open({ folder: scratch, settings: { threads: 1 } });
    try {
      const ranges = new Map();
      const { views } = await readHistory(ctx, [view.id], { engine, folder: scratch, artifacts, ranges, horizon });
      const wanted = {
        hasCreatedTime: true,
        version: view.current,
        versions: view.versions,
        features: ["avg_daily_trips"],
      };
      const source = historySource(wanted, views.get(view.id)?.parts ?? [], { horizon, cutoff: "event" });
      const sql = `SELECT ${source.features.avg_daily_trips} FROM ${source.relation} AS source ORDER BY 1`;
      return (await engine.rows(sql, 100)).map(([trip]) => Number(trip));
    } finally {
      engine.close();
    }
  });
}

test("reads all of a history whose transactions are those of another cluster, also merged with later rows", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const view = (await loadDefinitions(db, ctx.actor.workspaceId)).views.get("driver_stats") as DefinedView;
  const write = (trip: number) =>
    writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows([[trip, "2026-03-01T12:00:00Z", trip]]) });
  const pack = async () => {
    const all = { viewNumber: view.number, arrivedBefore: Number.MAX_SAFE_INTEGER };
    const packable = await packingHorizon(ctx, all);
    if (packable) await packView(ctx, view, packable.horizon, place);
  };
  for (let trip = 1; trip <= 7; trip++) {
    await write(trip);
    await pack();
  }
  await write(8);
  expect(await tripsAt(ctx, view, early)).toEqual([]);
  // The restore; the clock of the test and that of the database may differ a little.
  await settleRestoredHistory(db);
  const now = new Date(Date.now() + 1000).toISOString();
  await writeRestored(db, { restoredAt: now, createdAt: now, isPaused: false });
  const restored = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(await tripsAt(ctx, view, early)).toEqual(restored);
  await write(9);
  await pack();
  await db
    .update(featureFiles)
    .set({ createdAt: new Date(Date.now() + 3_600_000) })
    .where(eq(featureFiles.rows, 2));
  expect(await db.$count(featureArrivals)).toBe(0);
  expect(await tripsAt(ctx, view, early)).toEqual(restored);
  await mergeFiles(ctx, view, place);
  await db.update(featureFiles).set({ createdAt: new Date(Date.now() + 3_600_000) });
  expect(await tripsAt(ctx, view, early)).toEqual(restored);
  expect(await tripsAt(ctx, view, String(2n ** 60n))).toEqual([...restored, 9]);
});
