import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { packRun } from "#server/develop/tracking/metrics/pack-run.ts";
import { holdArtifacts } from "#server/platform/artifacts/artifact-hold.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newStoredJob, startTrainingJob } from "#server/testing/fixtures/training/wrapper-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { JobSpec } from "../contract.ts";
import { addCheckpoint } from "./add-checkpoint.ts";
import type { AddCheckpoint } from "./contract.ts";
import { markRemoved } from "./mark-removed.ts";
import { storeBlob } from "./store-blob.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-add-checkpoint-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(folder);
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A job that keeps one checkpoint, and a function that saves one of a single file. */
async function newJob(best: JobSpec["checkpoints"]["best"] = null) {
  const ctx = await newWorkspace(db);
  const jobId = await newStoredJob(ctx, store, { command: ["true"], checkpoints: { keepLast: 1, best } });
  const wrapper = await startTrainingJob(ctx, jobId);
  const save = async (text: string, artifacts = store, { saved = null, step = null }: Partial<AddCheckpoint> = {}) => {
    const sent = { sha256: digest(text), body: Readable.from([Buffer.from(text)]) };
    await storeBlob(db, wrapper, sent, { artifacts: store, maxBytes: 1_000 });
    const files = [{ path: text, sizeBytes: text.length, sha256: digest(text) }];
    const more = { framework: "", step, saved, savedSeconds: null, sentSeconds: null };
    return addCheckpoint(db, wrapper, { ...more, name: text, files }, artifacts);
  };
  /** Texts of the files that are there. */
  const stored = async (texts: string[]) => {
    const files = await store.list(`${ctx.actor.workspaceId}/training/${jobId}/blobs`);
    return texts.filter((text) => files.some(({ name }) => name === digest(text)));
  };
  const [job] = await db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
  const runId = job?.runId ?? "";
  const log = (...points: { key: string; step: number; timestamp: number; value: number }[]) =>
    logBatch(ctx, { runId, metrics: points, params: [], tags: [] });
  /** Metrics of the checkpoints that are not removed, by name. */
  const kept = async () => {
    const ofJob = and(eq(trainingCheckpoints.jobId, jobId), isNull(trainingCheckpoints.removedAt));
    const rows = await db.select().from(trainingCheckpoints).where(ofJob);
    return Object.fromEntries(rows.map(({ name, metrics }) => [name, metrics]));
  };
  return { ctx, jobId, runId, save, stored, log, kept };
}

test("takes checkpoints while the store cannot remove, and removes older ones with the next", async () => {
  const { save, stored } = await newJob();
  const stuck = { ...store, remove: () => Promise.reject(new Error("EROFS")) };
  expect(await save("one", stuck)).toMatchObject({ seq: 1 });
  expect(await save("two", stuck)).toMatchObject({ seq: 2 });
  expect(await save("three", stuck)).toMatchObject({ seq: 3 });
  expect(await stored(["one", "two", "three"])).toEqual(["one", "two", "three"]);
  await save("four");
  expect(await stored(["one", "two", "three", "four"])).toEqual(["four"]);
});

test("removes no file while a backup copies them", async () => {
  const { save, stored } = await newJob();
  const hold = await holdArtifacts(db);
  for (const text of ["one", "two"]) await save(text);
  expect(await stored(["one", "two"])).toEqual(["one", "two"]);
  await hold.release();
  await save("three");
  expect(await stored(["one", "two", "three"])).toEqual(["three"]);
});

const lowestLoss = { metric: "loss", goal: "min" as const };
const loss = (step: number, value: number, timestamp = step) => ({ key: "loss", step, timestamp, value });
const savedAt = (until: number) => ({ from: 0, until });

test("a checkpoint is measured as it was saved, though the run has gone on while it was sent", async () => {
  const { save, log, kept } = await newJob(lowestLoss);
  await log(loss(10, 0.9), loss(20, 0.5), { key: "accuracy", step: 20, timestamp: 20, value: 0.7 });
  // The run has a far better loss by the time at which the first one is there, and a worse one when the second is.
  await log(loss(30, 0.1), loss(40, 0.6));
  await save("twenty", store, { step: 20, saved: savedAt(21) });
  expect(await kept()).toEqual({ twenty: { loss: 0.5, accuracy: 0.7 } });
  await save("thirty", store, { step: 30, saved: savedAt(31) });
  await save("forty", store, { step: 40, saved: savedAt(41) });
  expect(await kept()).toEqual({ thirty: { loss: 0.1, accuracy: 0.7 }, forty: { loss: 0.6, accuracy: 0.7 } });
});

test("a metric that comes after its checkpoint decides as well", async () => {
  const { save, log, kept } = await newJob(lowestLoss);
  await save("ten", store, { step: 10, saved: savedAt(10) });
  expect(await kept()).toEqual({ ten: {} });
  // It is evaluated after it was saved.
  await log(loss(10, 0.2, 500));
  await save("twenty", store, { step: 20, saved: savedAt(600) });
  await log(loss(20, 0.4, 700));
  await save("thirty", store, { step: 30, saved: savedAt(800) });
  // What was measured at step 20 says nothing better of the third one than of the second.
  expect(await kept()).toEqual({ ten: { loss: 0.2 }, thirty: { loss: 0.4 } });
});

test("a metric that counts epochs is that of the time at which a checkpoint was saved, also where it has no step", async () => {
  const { save, log, kept } = await newJob(lowestLoss);
  await log(loss(1, 0.3, 100), loss(2, 0.2, 200), loss(3, 0.8, 300));
  await save("step-1000", store, { step: 1_000, saved: savedAt(150) });
  expect(await kept()).toEqual({ "step-1000": { loss: 0.3 } });
  await save("step-2000", store, { step: 2_000, saved: savedAt(250) });
  await save("unnumbered", store, { saved: savedAt(350) });
  expect(await kept()).toEqual({ "step-2000": { loss: 0.2 }, unnumbered: { loss: 0.8 } });
});

test("finds the point of a checkpoint among packed ones, however far back", async () => {
  const { ctx, runId, save, log, kept } = await newJob(lowestLoss);
  await log(...Array.from({ length: 900 }, (_, index) => loss(index, index === 123 ? 0.001 : 1 + index / 1_000)));
  while (await packRun(ctx, runId, Date.now() + 3_600_000));
  await save("one", store, { step: 123, saved: savedAt(123) });
  await save("epoch", store, { step: 5_000, saved: savedAt(400) });
  expect(await kept()).toEqual({ one: { loss: 0.001 }, epoch: { loss: 1.4 } });
});

test("what the next attempt logs at the same step measures no checkpoint of the one before", async () => {
  const { ctx, jobId, save, log, kept } = await newJob(lowestLoss);
  await log(loss(10, 0.5));
  await save("ten", store, { step: 10, saved: savedAt(11) });
  await startTrainingJob(ctx, jobId);
  await log(loss(10, 0.9, Date.now() + 60_000));
  await transact(systemContext(db, ctx.actor.workspaceId, "training"), (ctx) => markRemoved(ctx, jobId));
  expect(await kept()).toEqual({ ten: { loss: 0.5 } });
});
