import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { datasetVersions, featureFiles } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import { acknowledgeLeaks } from "../training-sets/acknowledge-leaks.ts";
import { createTrainingSet } from "../training-sets/create-training-set.ts";
import { makeTrainingSet } from "../training-sets/make-training-set.ts";
import { getTrainingSet } from "../training-sets/queries.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { packFeatures } from "./pack-features.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-expire-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = { artifacts, scratch: join(folder, "scratch"), maxBytes: 10 ** 7, predictions: async function* () {} };

const dayMs = 86_400_000;
const now = Date.now();
const ago = (days: number) => new Date(now - days * dayMs).toISOString();
const tags = { "leeway.history-days": "30" };

/** Fails with what fails, where a watcher would only log it. */
const rethrow: Attempt = (_, work) => work();

/** Writes rows of so many days ago, and packs them into a file. */
async function packed(ctx: Context, days: readonly number[]) {
  const columns = driverRows(days.map((age) => [1001, ago(age), age, ago(age)]));
  await writeFeatures(ctx, { pushSource: "driver_push", columns });
  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000, rethrow);
}

async function files(ctx: Context) {
  const rows = await db
    .select()
    .from(featureFiles)
    .where(and(eq(featureFiles.workspaceId, ctx.actor.workspaceId), isNull(featureFiles.replacedAt)));
  return rows.map(({ rows: count, minEventAt }) => [count, Math.round((now * 1000 - minEventAt) / 1000 / dayMs)]);
}

test("removes rows that are older than the history is kept, whole files or parts of them", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await packed(ctx, [100, 90]);
  await packed(ctx, [60, 10, 1]);
  await packed(ctx, [32, 5]);
  expect((await files(ctx)).length).toBe(3);
  await defineFeatureView(ctx, { ...driverStats, tags });
  await packFeatures(ctx, place, now, rethrow);
  // Rows of the last file are too old by less than a tenth of the days.
  expect((await files(ctx)).sort()).toEqual([
    [2, 10],
    [2, 32],
  ]);
  await packFeatures(ctx, place, now, rethrow);
  expect((await files(ctx)).length).toBe(2);
});

test("keeps what a training set was made from, until its dataset version is deleted", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx, { tags: {} });
  await packed(ctx, [100, 60, 59]);
  const body = Readable.from([Buffer.from(`driver_id,event_timestamp\n1001,${ago(58.5)}\n`)]);
  const { id: upload } = await uploadDataset(ctx, { name: "trips", fileName: "a.csv" }, body, place);
  const asked = { rows: { dataset: "trips", upload }, features: ["driver_stats:avg_daily_trips"] };
  const make = async (input: Parameters<typeof createTrainingSet>[1]) => {
    const { id } = await createTrainingSet(ctx, input);
    await makeTrainingSet(ctx, id, place);
    return getTrainingSet(ctx, id);
  };
  const made = await make({ name: "set", ...asked });
  expect(made.state).toBe("done");
  await defineFeatureView(ctx, { ...driverStats, tags });
  await packFeatures(ctx, place, now, rethrow);
  // The set needs rows of a day before its own, which is the TTL: the row of 100 days ago and that of 60 are free.
  expect(await files(ctx)).toEqual([[1, 59]]);
  expect((await make({ name: "set", repeats: made.id })).digest).toBe(made.digest);
  await db
    .delete(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, "set")));
  await packFeatures(ctx, place, now, rethrow);
  expect(await files(ctx)).toEqual([]);
});

test("keeps what a training set that was held, or is under way, will read again", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx, { tags: {} });
  await packed(ctx, [100, 60, 59]);
  await packed(ctx, [58, 57]);
  // The value is true a day before the row, and two days after the label.
  const text = `driver_id,event_timestamp,labelled\n1001,${ago(58.5)},${ago(61)}\n`;
  const { id: upload } = await uploadDataset(
    ctx,
    { name: "trips", fileName: "a.csv" },
    Readable.from([Buffer.from(text)]),
    place,
  );
  const asked = { rows: { dataset: "trips", upload }, features: ["driver_stats:avg_daily_trips"] };
  const { id } = await createTrainingSet(ctx, { name: "set", ...asked, labelTime: "labelled" });
  await defineFeatureView(ctx, { ...driverStats, tags });
  // It has not read anything yet.
  await packFeatures(ctx, place, now, rethrow);
  expect((await files(ctx)).map(([rows]) => rows).sort()).toEqual([2, 3]);
  await makeTrainingSet(ctx, id, place);
  const held = await getTrainingSet(ctx, id);
  expect(held.state).toBe("held");
  // Now its record says that it needs no row from before a day before its own.
  await packFeatures(ctx, place, now, rethrow);
  expect((await files(ctx)).sort()).toEqual([
    [1, 59],
    [2, 58],
  ]);
  const leaks = held.unacknowledgedLeaks.map(({ kind, view }) => ({
    kind: kind as "later-than-label",
    view,
    reason: "a test",
  }));
  await acknowledgeLeaks(ctx, { id, leaks });
  await makeTrainingSet(ctx, id, place);
  const made = await getTrainingSet(ctx, id);
  expect(made).toMatchObject({ state: "done", record: { horizon: held.record?.horizon } });
  expect(made.warnings).toEqual(held.warnings);
});

test("keeps everything that a training set was made from while the view had no TTL", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx, { tags: {}, ttlUs: null });
  await packed(ctx, [100, 59]);
  const body = Readable.from([Buffer.from(`driver_id,event_timestamp\n1001,${ago(58.5)}\n`)]);
  const { id: upload } = await uploadDataset(ctx, { name: "trips", fileName: "a.csv" }, body, place);
  const asked = { rows: { dataset: "trips", upload }, features: ["driver_stats:avg_daily_trips"] };
  const { id } = await createTrainingSet(ctx, { name: "set", ...asked });
  await makeTrainingSet(ctx, id, place);
  expect((await getTrainingSet(ctx, id)).state).toBe("done");
  await defineFeatureView(ctx, { ...driverStats, tags });
  await packFeatures(ctx, place, now, rethrow);
  expect(await files(ctx)).toEqual([[2, 100]]);
});

test("says the range of the rows that are left, without the keys that have none", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const columns = driverRows([
    [1, ago(100), 1, ago(100)],
    [5, ago(60), 2, ago(60)],
    [5, ago(10), 3, ago(10)],
    [9, ago(90), 4, ago(90)],
  ]);
  await writeFeatures(ctx, { pushSource: "driver_push", columns });
  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000, rethrow);
  await defineFeatureView(ctx, { ...driverStats, tags });
  await packFeatures(ctx, place, now, rethrow);
  const [file] = await db
    .select()
    .from(featureFiles)
    .where(and(eq(featureFiles.workspaceId, ctx.actor.workspaceId), isNull(featureFiles.replacedAt)));
  const key = encodeEntityKey(["int64"], [5n]);
  expect(file).toMatchObject({ rows: 1, minKey: key, maxKey: key });
});
