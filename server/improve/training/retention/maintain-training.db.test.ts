import { createHash } from "node:crypto";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { trainingAttempts, trainingCheckpoints, trainingJobs, trainingLogChunks } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { holdArtifacts } from "#server/platform/artifacts/artifact-hold.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { newStoredJob, startTrainingJob } from "#server/testing/fixtures/training/wrapper-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { addCheckpoint } from "../checkpoints/add-checkpoint.ts";
import { storeBlob } from "../checkpoints/store-blob.ts";
import { appendLog } from "../log/append-log.ts";
import { downloadLog, readLog, searchLog } from "../log/queries.ts";
import { maintainTraining } from "./maintain-training.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-training-retention-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(folder);
const place = { artifacts: store, maxBytes: 1_000 };
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A job with four checkpoints of two files each, one of which all have, a file that no checkpoint has, and a log. */
async function newEndedJob(ctx: Context, days: number) {
  const id = await newStoredJob(ctx, store, { command: ["true"], checkpoints: { keepLast: 10, best: null } });
  const wrapper = await startTrainingJob(ctx, id);
  const send = (text: string) =>
    storeBlob(db, wrapper, { sha256: digest(text), body: Readable.from([Buffer.from(text)]) }, place);
  await send("shared");
  await send("loose");
  for (const step of [1, 2, 3, 4]) {
    await send(`step ${step}`);
    const files = [`step ${step}`, "shared"].map((text) => ({
      path: text,
      sizeBytes: text.length,
      sha256: digest(text),
    }));
    const more = { framework: "", step, saved: null, savedSeconds: null, sentSeconds: null };
    await addCheckpoint(db, wrapper, { ...more, name: `step-${step}`, files }, store);
  }
  await appendLog(db, wrapper, { start: 0, dropped: 0, bytes: Buffer.from("first\nsecond\n") });
  await appendLog(db, wrapper, { start: 20, dropped: 7, bytes: Buffer.from("last\n") });
  await db
    .update(trainingJobs)
    .set({ state: "finished", endedAt: sql`now() - make_interval(days => ${days})` })
    .where(eq(trainingJobs.id, id));
  const before = new Date(Date.now() - days * 86_400_000);
  await Promise.all(allFiles.map((text) => utimes(pathOf(ctx, id, text), before, before)));
  return id;
}

const allFiles = ["shared", "loose", "step 1", "step 2", "step 3", "step 4"];
const pathOf = (ctx: Context, id: string, text: string) =>
  join(folder, ctx.actor.workspaceId, "training", id, "blobs", digest(text));

/** What is stored of a job: the text of its files that are there, and the steps of its checkpoints. */
async function keptOf({ actor: { workspaceId } }: Context, id: string) {
  const files = await store.list(`${workspaceId}/training/${id}/blobs`);
  const checkpoints = await db
    .select()
    .from(trainingCheckpoints)
    .where(eq(trainingCheckpoints.jobId, id))
    .orderBy(trainingCheckpoints.seq);
  return {
    files: allFiles.filter((text) => files.some(({ name }) => name === digest(text))),
    steps: checkpoints.filter(({ removedAt }) => removedAt === null).map(({ step }) => step),
  };
}

const leeway = ({ actor: { workspaceId } }: Context) => systemContext(db, workspaceId, "training");
const all = ["shared", "step 1", "step 2", "step 3", "step 4"];

test("keeps all checkpoints of a job for 30 days, then the newest, and removes files that none has", async () => {
  const ctx = await newWorkspace(db);
  const [fresh, recent, old] = [await newEndedJob(ctx, 0), await newEndedJob(ctx, 29), await newEndedJob(ctx, 31)];
  const open = await newEndedJob(ctx, 40);
  await db.update(trainingJobs).set({ state: "running", endedAt: null }).where(eq(trainingJobs.id, open));
  await maintainTraining(leeway(ctx), store);
  expect(await keptOf(ctx, open)).toEqual({ files: all, steps: [1, 2, 3, 4] });
  expect(await keptOf(ctx, fresh)).toEqual({ files: ["shared", "loose", ...all.slice(1)], steps: [1, 2, 3, 4] });
  expect(await keptOf(ctx, recent)).toEqual({ files: all, steps: [1, 2, 3, 4] });
  expect(await keptOf(ctx, old)).toEqual({ files: ["shared", "step 4"], steps: [4] });
});

test("is completed by the next night, wherever it was killed", async () => {
  // Each call of the store is a place to die; the database keeps what was committed before.
  for (let calls = 0; ; calls += 1) {
    const ctx = await newWorkspace(db);
    const id = await newEndedJob(ctx, 31);
    let left = calls;
    const killed = new Error("The process was killed.");
    const dying: Pick<ArtifactStore, "list" | "stat" | "remove"> = {
      stat: (key) => store.stat(key),
      list: (key) => store.list(key),
      remove: async (key) => {
        if (left === 0) throw killed;
        left -= 1;
        await store.remove(key);
      },
    };
    const isKilled = await maintainTraining(leeway(ctx), dying, (_, work) => work()).then(
      () => false,
      (error) => {
        expect(error).toBe(killed);
        return true;
      },
    );
    const between = await keptOf(ctx, id);
    // What is left can be resumed from at any moment.
    expect(between.files).toEqual(expect.arrayContaining(["shared", "step 4"]));
    for (const step of between.steps) expect(between.files).toContain(`step ${step}`);
    await maintainTraining(leeway(ctx), store);
    expect(await keptOf(ctx, id)).toEqual({ files: ["shared", "step 4"], steps: [4] });
    if (!isKilled) {
      expect(calls).toBe(4);
      return;
    }
  }
});

test("removes a file that no checkpoint has a day after it was stored, also of a job that runs", async () => {
  const ctx = await newWorkspace(db);
  const id = await newStoredJob(ctx, store, { command: ["true"] });
  const wrapper = await startTrainingJob(ctx, id);
  const hours = { old: 25, young: 23, again: 25, named: 25 };
  const send = (text: string) =>
    storeBlob(db, wrapper, { sha256: digest(text), body: Readable.from([Buffer.from(text)]) }, place);
  const age = async (text: keyof typeof hours) => {
    const before = new Date(Date.now() - hours[text] * 3_600_000);
    await utimes(pathOf(ctx, id, text), before, before);
  };
  const add = (text: string) => {
    const files = [{ path: text, sizeBytes: text.length, sha256: digest(text) }];
    const more = { framework: "", step: null, saved: null, savedSeconds: null, sentSeconds: null };
    return addCheckpoint(db, wrapper, { ...more, name: text, files }, store);
  };
  for (const text of ["old", "young", "again", "named"] as const) {
    await send(text);
    await age(text);
  }
  await add("named");
  // It is about to be named once more.
  await send("again");
  await maintainTraining(leeway(ctx), store);
  const left = await store.list(`${ctx.actor.workspaceId}/training/${id}/blobs`);
  expect(left.map(({ name }) => name).sort()).toEqual(["young", "again", "named"].map(digest).sort());
  await add("again");
  // A wrapper that has sent the first of its files so long ago is asked for it once more.
  await expect(add("old")).rejects.toThrow("is not stored. Send it first.");
  await send("old");
  await add("old");
});

test("removes no file while a backup copies them", async () => {
  const ctx = await newWorkspace(db);
  const id = await newEndedJob(ctx, 31);
  const hold = await holdArtifacts(db);
  await maintainTraining(leeway(ctx), store);
  expect((await keptOf(ctx, id)).steps).toEqual([1, 2, 3, 4]);
  await hold.release();
  await maintainTraining(leeway(ctx), store);
  expect((await keptOf(ctx, id)).steps).toEqual([4]);
});

test("removes a log after 90 days, and says so in its place", async () => {
  const ctx = await newWorkspace(db);
  const [kept, removed] = [await newEndedJob(ctx, 89), await newEndedJob(ctx, 91)];
  const textOf = async (id: string) => String(await buffer((await downloadLog(ctx, id, 1)).content));
  await maintainTraining(leeway(ctx), store);
  const whole = "first\nsecond\n\n==> 7 bytes were dropped here <==\nlast\n";
  expect(await textOf(kept)).toBe(whole);
  const words = "This log was removed 90 days after the end of its job.";
  expect(await textOf(removed)).toBe(`\n==> ${words} <==\n`);
  const gap = { number: 1, start: 0, text: words, dropped: 25 };
  const page = { lines: [gap], next: 25, bytes: 25, totalLines: 0, droppedBytes: 7 };
  expect(await readLog(ctx, removed, { attempt: 1 })).toMatchObject(page);
  expect(await readLog(ctx, removed, { attempt: 1, line: 2 })).toMatchObject(page);
  expect(await searchLog(ctx, removed, { q: "removed" })).toEqual({ matches: [], next: null });
  // A second night finds nothing to do.
  const chunks = () =>
    db.select().from(trainingLogChunks).orderBy(trainingLogChunks.attemptId, trainingLogChunks.start);
  const before = await chunks();
  await maintainTraining(leeway(ctx), store);
  expect(await chunks()).toEqual(before);
});

test("removes a log of more chunks than a call takes arguments", async () => {
  const ctx = await newWorkspace(db);
  const id = await newEndedJob(ctx, 91);
  await db.execute(sql`
    insert into training_log_chunks (workspace_id, attempt_id, start, bytes, first_line, lines, data)
    select workspace_id, id, 25 + at, 1, 3, 0, '\\x00'
    from training_attempts, generate_series(0, 199999) as at where job_id = ${id}`);
  await maintainTraining(leeway(ctx), store);
  const chunks = await db
    .select({ start: trainingLogChunks.start, bytes: trainingLogChunks.bytes, data: trainingLogChunks.data })
    .from(trainingLogChunks)
    .innerJoin(trainingAttempts, eq(trainingAttempts.id, trainingLogChunks.attemptId))
    .where(eq(trainingAttempts.jobId, id));
  expect(chunks).toEqual([{ start: 0, bytes: 200_025, data: Buffer.alloc(0) }]);
});
