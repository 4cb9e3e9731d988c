import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { holdArtifacts } from "#server/platform/artifacts/artifact-hold.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newStoredJob, startTrainingJob } from "#server/testing/fixtures/training/wrapper-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { addCheckpoint } from "./add-checkpoint.ts";
import type { AddCheckpoint } from "./contract.ts";
import { storeBlob } from "./store-blob.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-add-checkpoint-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(folder);
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A job that keeps one checkpoint, and a function that saves one of a single file. */
async function newJob() {
  const ctx = await newWorkspace(db);
  const jobId = await newStoredJob(ctx, store, { command: ["true"], checkpoints: { keepLast: 1, best: null } });
  const wrapper = await startTrainingJob(ctx, jobId);
  const save = async (text: string, artifacts = store, saved: AddCheckpoint["saved"] = null) => {
    const sent = { sha256: digest(text), body: Readable.from([Buffer.from(text)]) };
    await storeBlob(db, wrapper, sent, { artifacts: store, maxBytes: 1_000 });
    const files = [{ path: text, sizeBytes: text.length, sha256: digest(text) }];
    const more = { framework: "", step: null, saved, savedSeconds: null, sentSeconds: null };
    return addCheckpoint(db, wrapper, { ...more, name: text, files }, artifacts);
  };
  /** Texts of the files that are there. */
  const stored = async (texts: string[]) => {
    const files = await store.list(`${ctx.actor.workspaceId}/training/${jobId}/blobs`);
    return texts.filter((text) => files.some(({ name }) => name === digest(text)));
  };
  return { ctx, jobId, save, stored };
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
