import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import {
  artifactReleases,
  auditEvents,
  featureArrivals,
  featureFiles,
  featureKeyRemovals,
  featureUses,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { mergeFiles } from "../history/merge-files.ts";
import { packView } from "../history/pack-view.ts";
import { packingHorizon } from "../history/packing-horizon.ts";
import { stageFile } from "../history/stage-file.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { digestOfKey } from "./digest-of-key.ts";
import { listKeyRemovals } from "./queries.ts";
import { removeFeatureKey } from "./remove-feature-key.ts";
import { resumeKeyRemovals, runKeyRemoval } from "./run-key-removal.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-removal-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const place = { artifacts: await openLocalStore(join(folder, "artifacts")), scratch: join(folder, "scratch") };
const reason = "asked for by the driver";

const write = (ctx: Context, rows: readonly [driver: number, trips: number][]) =>
  writeFeatures(ctx, {
    view: "driver_stats",
    columns: driverRows(
      rows.map(([driver, trips]) => [driver, `2026-03-01T12:00:${String(trips).padStart(2, "0")}Z`, trips]),
    ),
  });

async function viewOf(ctx: Context) {
  const view = (await loadDefinitions(db, ctx.actor.workspaceId)).views.get("driver_stats");
  if (!view) throw new Error("There is no view.");
  return view;
}

async function pack(ctx: Context): Promise<void> {
  const view = await viewOf(ctx);
  const packable = await packingHorizon(ctx, { viewNumber: view.number, arrivedBefore: Number.MAX_SAFE_INTEGER });
  if (packable) await packView(ctx, view, packable.horizon, place);
}

const filesOf = (ctx: Context) =>
  db.select().from(featureFiles).where(eq(featureFiles.workspaceId, ctx.actor.workspaceId));

/** Drivers and trips in all files that are listed, with what is in no file. */
async function history(ctx: Context): Promise<[driver: number, trips: number][]> {
  const files = await db
    .select()
    .from(featureFiles)
    .where(and(eq(featureFiles.workspaceId, ctx.actor.workspaceId), isNull(featureFiles.replacedAt)));
  return withScratchFolder(place.scratch, async (scratch) => {
    const engine = await OfflineEngine.open({ folder: scratch });
    try {
      const found: [number, number][] = [];
      for (const file of files) {
        const path = join(scratch, `${file.id}.parquet`);
        await stageFile(place.artifacts, file, path);
        const rows = await engine.rows(`SELECT "k:driver_id", "f:avg_daily_trips" FROM read_parquet('${path}')`);
        expect(rows).toHaveLength(file.rows);
        found.push(...rows.map(([driver, trips]): [number, number] => [Number(driver), Number(trips)]));
      }
      return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    } finally {
      engine.close();
    }
  });
}

async function newFixture() {
  const ctx = await newWorkspace(db);
  const view = await newDriverStats(ctx);
  await write(ctx, [
    [1, 1],
    [2, 2],
  ]);
  await pack(ctx);
  await write(ctx, [[1, 3]]);
  await pack(ctx);
  await write(ctx, [
    [1, 4],
    [3, 5],
  ]);
  return { ctx, view, remove: () => removeFeatureKey(ctx, { view: "driver_stats", key: { driver_id: 1 }, reason }) };
}

test("removes a key from look-ups, arrivals and files, with a receipt that does not have it", async () => {
  const { ctx, view, remove } = await newFixture();
  const datasetVersionId = "11111111-1111-4111-8111-111111111111";
  await db.insert(featureUses).values({
    workspaceId: ctx.actor.workspaceId,
    viewId: view.id,
    version: 1,
    userKind: "dataset-version",
    userId: datasetVersionId,
    userName: "trips",
    features: ["avg_daily_trips"],
  });
  const old = await filesOf(ctx);
  const receipt = await remove();
  expect(receipt).toMatchObject({
    state: "waiting",
    latestRows: 1,
    arrivalRows: 1,
    fileRows: 0,
    createdBy: ctx.actor.name,
  });
  expect(receipt.trainingSets).toEqual([{ name: "trips", digest: null, datasetVersionId }]);
  const key = encodeEntityKey(["int64"], [1n]) as Buffer;
  expect(receipt.keyDigest).toBe(digestOfKey(receipt.id, key));
  // At once for look-ups; what is written from now on stays.
  const found = await lookUpFeatures(ctx, {
    features: ["driver_stats:avg_daily_trips"],
    entities: { driver_id: [1, 3] },
  });
  expect(found.columns[0]?.statuses).toEqual(["NOT_FOUND", "OUTSIDE_MAX_AGE"]);
  await write(ctx, [[1, 9]]);
  await pack(ctx);
  await runKeyRemoval(ctx, receipt.id, place);
  expect(await history(ctx)).toEqual([
    [1, 9],
    [2, 2],
    [3, 5],
  ]);
  const [done] = await listKeyRemovals(ctx, "driver_stats");
  expect(done).toMatchObject({ state: "done", fileRows: 2, problem: null, endedAt: expect.any(Date) });
  // One file had nothing else.
  expect(done?.files.map(({ rows, replacedBy }) => [rows, replacedBy === null]).sort()).toEqual([
    [1, false],
    [1, true],
  ]);
  // The old files are gone from the list and released, and nothing names the key.
  const listed = await filesOf(ctx);
  expect(listed.map(({ id }) => id)).not.toEqual(expect.arrayContaining(old.map(({ id }) => id)));
  const released = await db
    .select()
    .from(artifactReleases)
    .where(eq(artifactReleases.workspaceId, ctx.actor.workspaceId));
  for (const { id } of old) expect(released.some(({ prefix }) => prefix.includes(id))).toBe(true);
  expect(listed.find(({ rows }) => rows === 1)?.minKey).not.toEqual(key);
  const rows = await db.select().from(featureKeyRemovals).where(eq(featureKeyRemovals.id, receipt.id));
  expect(rows).toMatchObject([{ key: null }]);
  const audited = await db.select().from(auditEvents).where(eq(auditEvents.workspaceId, ctx.actor.workspaceId));
  expect(audited.filter(({ action }) => action === "feature-key.removed")).toMatchObject([
    { subject: "feature-view/driver_stats", after: { removal: receipt.id } },
  ]);
});

test.each(["rewrite", "replace", "finish"] as const)(
  "a worker that dies before %s leaves nothing half done",
  async (at) => {
    const { ctx, remove } = await newFixture();
    const { id } = await remove();
    let left = at === "replace" ? 2 : 1;
    const dies = runKeyRemoval(ctx, id, place, (step) => {
      if (step !== at) return;
      left -= 1;
      if (left === 0) throw new Error("died");
    });
    await expect(dies).rejects.toThrow("died");
    expect(await listKeyRemovals(ctx, "driver_stats")).toMatchObject([{ state: "waiting" }]);
    // Its lease has expired.
    await db
      .update(featureKeyRemovals)
      .set({ leasedUntil: new Date(0) })
      .where(eq(featureKeyRemovals.id, id));
    await resumeKeyRemovals(ctx);
    await runKeyRemoval(ctx, id, place);
    await pack(ctx);
    expect(await history(ctx)).toEqual([
      [2, 2],
      [3, 5],
    ]);
    expect(await listKeyRemovals(ctx, "driver_stats")).toMatchObject([{ state: "done", fileRows: 2 }]);
  },
);

test("packing and merging that began before bring nothing back", async () => {
  const { ctx, view, remove } = await newFixture();
  for (let trips = 10; trips < 18; trips += 1) {
    await write(ctx, [
      [1, trips],
      [2, trips],
    ]);
    await pack(ctx);
  }
  await write(ctx, [[1, 20]]);
  const { horizon } = (await packingHorizon(ctx, {
    viewNumber: view.number,
    arrivedBefore: Number.MAX_SAFE_INTEGER,
  })) as { horizon: string };
  let id = "";
  let isRemoved: Promise<unknown> = Promise.resolve();
  // The rows are loaded, then removed, then the file would be listed.
  await packView(ctx, await viewOf(ctx), horizon, place, (step) => {
    if (step === "store") isRemoved = remove().then((receipt) => (id = receipt.id));
  });
  await isRemoved;
  let isRun: Promise<unknown> = Promise.resolve();
  await mergeFiles(ctx, await viewOf(ctx), place, (step) => {
    if (step === "store") isRun = runKeyRemoval(ctx, id, place);
  });
  await isRun;
  await runKeyRemoval(ctx, id, place);
  await pack(ctx);
  await mergeFiles(ctx, await viewOf(ctx), place);
  expect((await history(ctx)).filter(([driver]) => driver === 1)).toEqual([]);
  expect((await history(ctx)).filter(([driver]) => driver === 2)).toHaveLength(9);
  expect(await db.$count(featureArrivals, eq(featureArrivals.viewNumber, view.number))).toBe(0);
});

test("also takes the rows of a file that expires while it is being rewritten", async () => {
  const { ctx, remove } = await newFixture();
  const { id } = await remove();
  let isExpired: Promise<unknown> | undefined;
  await runKeyRemoval(ctx, id, place, (step) => {
    if (step !== "rewrite" || isExpired) return;
    // Starting the engine takes longer.
    const ofWorkspace = eq(featureFiles.workspaceId, ctx.actor.workspaceId);
    isExpired = db.update(featureFiles).set({ replacedAt: new Date() }).where(ofWorkspace).execute();
  });
  await isExpired;
  expect(await filesOf(ctx)).toEqual([]);
  expect(await listKeyRemovals(ctx, "driver_stats")).toMatchObject([{ state: "done" }]);
});

test("leaves files of versions with other join keys, whichever are the view's now", async () => {
  const { ctx, remove } = await newFixture();
  const before = await remove();
  await defineFeatureEntity(ctx, { name: "region", joinKey: "region", type: "string" });
  await defineFeatureView(ctx, { ...driverStats, entities: ["driver", "region"] });
  const after = await removeFeatureKey(ctx, { view: "driver_stats", key: { driver_id: 1, region: "x" }, reason });
  await runKeyRemoval(ctx, after.id, place);
  await runKeyRemoval(ctx, before.id, place);
  expect(await listKeyRemovals(ctx, "driver_stats")).toMatchObject([
    { id: after.id, state: "done", fileRows: 0 },
    { id: before.id, state: "done", fileRows: 2 },
  ]);
  expect(await history(ctx)).toEqual([[2, 2]]);
});

test("refuses keys that are not the view's", async () => {
  const { ctx } = await newFixture();
  const remove = (key: Record<string, string | number>) => removeFeatureKey(ctx, { view: "driver_stats", key, reason });
  await expect(remove({})).rejects.toThrow('The key "driver_id" is missing.');
  await expect(remove({ driver_id: 1, rider: 2 })).rejects.toThrow('"rider"');
  await expect(remove({ driver_id: "x" })).rejects.toThrow("driver_id");
  await expect(removeFeatureKey(ctx, { view: "absent", key: {}, reason })).rejects.toThrow("absent");
  await expect(removeFeatureKey(ctx, { view: "driver_stats", key: { driver_id: 1 }, reason: " " })).rejects.toThrow();
});

test("takes the key out of the ranges of files whose rows of it have expired", async () => {
  const { ctx, remove } = await newFixture();
  const key = encodeEntityKey(["int64"], [1n]) as Buffer;
  const least = encodeEntityKey(["int64"], [2n]) as Buffer;
  await pack(ctx);
  await write(ctx, [
    [2, 6],
    [7, 7],
  ]);
  await pack(ctx);
  // As files were written after an expiry before: without the rows, with the range of the old file.
  const [expired] = (await filesOf(ctx)).filter(({ maxKey }) => maxKey.at(-1) === 7);
  await db
    .update(featureFiles)
    .set({ minKey: key })
    .where(eq(featureFiles.id, expired?.id ?? ""));
  const receipt = await remove();
  await runKeyRemoval(ctx, receipt.id, place);
  const [after] = await db
    .select()
    .from(featureFiles)
    .where(eq(featureFiles.id, expired?.id ?? ""));
  expect(after).toMatchObject({ minKey: least, maxKey: expired?.maxKey });
  expect((await filesOf(ctx)).some(({ minKey, maxKey }) => minKey.equals(key) || maxKey.equals(key))).toBe(false);
});
