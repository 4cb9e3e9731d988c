import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { trainingAttempts, trainingCheckpoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newStoredJob, startTrainingJob } from "#server/testing/fixtures/training/wrapper-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { addCheckpoint } from "./add-checkpoint.ts";
import { reportRestore } from "./report-restore.ts";
import { storeBlob } from "./store-blob.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-report-restore-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(folder);
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A job with two checkpoints, the newer of two files, whose next attempt could not restore it. */
async function newTornJob() {
  const ctx = await newWorkspace(db);
  const jobId = await newStoredJob(ctx, store, { command: ["true"], checkpoints: { keepLast: 3, best: null } });
  const first = await startTrainingJob(ctx, jobId);
  const save = async (name: string, texts: string[]) => {
    for (const text of texts) {
      const sent = { sha256: digest(text), body: Readable.from([Buffer.from(text)]) };
      await storeBlob(db, first, sent, { artifacts: store, maxBytes: 1_000 });
    }
    const files = texts.map((text) => ({ path: text, sizeBytes: text.length, sha256: digest(text) }));
    const more = { framework: "", step: 1, saved: null, savedSeconds: null, sentSeconds: null };
    return addCheckpoint(db, first, { ...more, name, files }, store);
  };
  await save("old", ["old"]);
  const { id: checkpointId } = await save("new", ["one", "two"]);
  await reportRestore(db, first, { checkpointId, outcome: "restored" }, store);
  const wrapper = await startTrainingJob(ctx, jobId);
  const blobs = join(folder, ctx.actor.workspaceId, "training", jobId, "blobs");
  const report = async () => {
    await reportRestore(db, wrapper, { checkpointId, outcome: "torn" }, store);
    const [checkpoint] = await db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.id, checkpointId));
    const ofWrapper = and(eq(trainingAttempts.jobId, jobId), eq(trainingAttempts.number, wrapper.number));
    const [attempt] = await db.select().from(trainingAttempts).where(ofWrapper);
    const files = await store.list(`${ctx.actor.workspaceId}/training/${jobId}/blobs`);
    return { torn: checkpoint?.tornAt !== null, count: attempt?.tornCheckpoints, stored: files.length, ...checkpoint };
  };
  return { blobs, report };
}

test("keeps a checkpoint that a wrapper calls damaged and that is not", async () => {
  const { report } = await newTornJob();
  const kept = { torn: false, count: 0, stored: 3, removedAt: null, verifiedAt: expect.any(Date) };
  for (const _ of [1, 2]) expect(await report()).toMatchObject(kept);
});

test.each([
  ["other bytes", "owt"],
  ["fewer bytes", "tw"],
])("removes one whose file has %s", async (_, text) => {
  const { blobs, report } = await newTornJob();
  await writeFile(join(blobs, digest("two")), text);
  for (const _ of [1, 2]) expect(await report()).toMatchObject({ torn: true, count: 1, stored: 1 });
});

test("removes one with a missing file only where the store has others of the job", async () => {
  const lost = await newTornJob();
  await rm(join(lost.blobs, digest("two")));
  expect(await lost.report()).toMatchObject({ torn: true, count: 1 });
  const unmounted = await newTornJob();
  await rm(unmounted.blobs, { recursive: true });
  expect(await unmounted.report()).toMatchObject({ torn: false, count: 0, removedAt: null });
});
