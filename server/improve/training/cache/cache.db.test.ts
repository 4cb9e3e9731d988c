import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { cacheKey } from "./cache-key.ts";
import { claimResult } from "./claim-result.ts";
import { giveUpResult, keepResult, openResultFile, storeResultFile } from "./keep-result.ts";
import { listTrainingCache } from "./queries.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-training-cache-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");
const step = { step: "tokenise", code: { "prepare.py": "a".repeat(64) }, inputs: ["d1"], environment: "e1" };

/** A job whose program runs, with what it calls as. */
async function newProgram(ctx: Context) {
  const job = await newTrainingJob(ctx);
  const { environment } = await startAttempt(ctx, await launchJob(ctx, job.id));
  const token = environment.MLFLOW_TRACKING_TOKEN ?? "";
  return { job, token, program: await contextOfToken(db, token) };
}

async function store(program: Context, key: string, content: string) {
  const file = { path: `part/${content}.txt`, sizeBytes: content.length, sha256: sha256(content) };
  const body = Readable.from([Buffer.from(content)]);
  await storeResultFile(program, { key, sha256: file.sha256, body }, { artifacts, maxBytes: 100 });
  return file;
}

const endJob = (id: string) => db.update(trainingJobs).set({ state: "failed" }).where(eq(trainingJobs.id, id));

test("a key is of everything that a result is made from, and of nothing else", () => {
  const full = { ...step, parameters: { b: 1, a: "x" } };
  const key = cacheKey(full);
  // printf '{"code":{"prepare.py":"aaa…"},"environment":"e1","inputs":["d1"],"parameters":{"a":"x","b":1},"step":"tokenise"}' | sha256sum
  const code = `{"prepare.py":"${"a".repeat(64)}"}`;
  const content = `{"code":${code},"environment":"e1","inputs":["d1"],"parameters":{"a":"x","b":1},"step":"tokenise"}`;
  expect(key).toBe(sha256(content));
  expect(cacheKey({ ...full, parameters: { a: "x", b: 1 } })).toBe(key);
  const others = [
    { ...full, step: "other" },
    { ...full, code: { "prepare.py": "b".repeat(64) } },
    { ...full, parameters: { a: "x", b: 2 } },
    { ...full, inputs: ["d2"] },
    { ...full, environment: "e2" },
  ];
  expect(new Set([key, ...others.map(cacheKey)]).size).toBe(6);
});

test("one job makes a result, others wait for it, and it is theirs once it is kept", async () => {
  const ctx = await newWorkspace(db);
  const [first, second] = [await newProgram(ctx), await newProgram(ctx)];
  const claims = await Promise.all([claimResult(first.program, step), claimResult(second.program, step)]);
  expect(claims.map(({ state }) => state).toSorted()).toEqual(["make", "running"]);
  const [maker, waiter] = claims[0]?.state === "make" ? [first, second] : [second, first];
  const { key } = claims[0] as { key: string };
  // After a preemption, the same job goes on with it.
  expect(await claimResult(maker.program, step)).toMatchObject({ state: "make" });
  const file = await store(maker.program, key, "tokens");
  await expect(store(waiter.program, key, "tokens")).rejects.toThrow("does not make this result");
  const missing = { path: "b", sizeBytes: 1, sha256: sha256("b") };
  const result = { key, files: [file], seconds: 11_520 };
  await expect(keepResult(maker.program, { ...result, files: [file, missing] }, { artifacts })).rejects.toThrow(
    '"b" was not sent',
  );
  await expect(openResultFile(waiter.program, { key, sha256: file.sha256 }, artifacts)).rejects.toThrow("not kept");
  await keepResult(maker.program, result, { artifacts });
  const hit = await claimResult(waiter.program, step);
  expect(hit).toEqual({ key, state: "hit", jobId: maker.job.id, seconds: 11_520, files: [file] });
  const opened = await openResultFile(waiter.program, { key, sha256: file.sha256 }, artifacts);
  expect(await text(await opened.open())).toBe("tokens");
  const { tags } = await getRun(ctx, waiter.job.runId);
  const noted = tags.find((tag) => tag.key === "leeway.cached.tokenise");
  expect(JSON.parse(noted?.value ?? "")).toEqual({ job: maker.job.id, seconds: 11_520 });
  expect(await listTrainingCache(ctx)).toMatchObject([
    { state: "done", uses: 1, savedSeconds: 11_520, jobId: maker.job.id },
  ]);
  // Another workspace has nothing of it.
  const elsewhere = await newProgram(await newWorkspace(db));
  expect((await claimResult(elsewhere.program, step)).state).toBe("make");
  await expect(claimResult(ctx, step)).rejects.toThrow("Only the program of a training job");
});

test("nobody waits for a job that waits to go on: it may wait for the same machine", async () => {
  const ctx = await newWorkspace(db);
  const [first, second] = [await newProgram(ctx), await newProgram(ctx)];
  const { key } = await claimResult(first.program, step);
  for (const state of ["resuming", "submitting"] as const) {
    await db.update(trainingJobs).set({ state }).where(eq(trainingJobs.id, first.job.id));
    expect((await claimResult(second.program, step)).state).toBe("make");
  }
  // Once it goes on, it waits for the one that took over.
  await db.update(trainingJobs).set({ state: "running" }).where(eq(trainingJobs.id, first.job.id));
  expect(await claimResult(first.program, step)).toMatchObject({ key, state: "running", jobId: second.job.id });
});

test("a failure is not kept, and the next job takes over from one that ended", async () => {
  const ctx = await newWorkspace(db);
  const [first, second, third] = [await newProgram(ctx), await newProgram(ctx), await newProgram(ctx)];
  const { key } = await claimResult(first.program, step);
  expect((await claimResult(second.program, step)).jobId).toBe(first.job.id);
  await endJob(first.job.id);
  expect((await claimResult(second.program, step)).state).toBe("make");
  await expect(store(first.program, key, "late")).rejects.toThrow("does not make this result");
  await store(second.program, key, "half");
  await giveUpResult(second.program, key, artifacts);
  expect(await listTrainingCache(ctx)).toEqual([]);
  expect(await artifacts.list(`${ctx.actor.workspaceId}/training/cache`)).toEqual([]);
  expect((await claimResult(third.program, step)).state).toBe("make");
  // What a job left half-made goes when the next result is kept.
  await store(third.program, key, "half");
  await endJob(third.job.id);
  const fourth = await newProgram(ctx);
  const other = await claimResult(fourth.program, { ...step, step: "other" });
  await keepResult(
    fourth.program,
    { key: other.key, files: [await store(fourth.program, other.key, "a")], seconds: 1 },
    { artifacts },
  );
  expect((await listTrainingCache(ctx)).map((one) => one.step)).toEqual(["other"]);
  const folders = await artifacts.list(`${ctx.actor.workspaceId}/training/cache`);
  expect(folders.map(({ name }) => name)).toEqual([other.key]);
});

test("is made again without the cache only with a reason", async () => {
  const ctx = await newWorkspace(db);
  const { program } = await newProgram(ctx);
  const { key } = await claimResult(program, step);
  await keepResult(program, { key, files: [await store(program, key, "a")], seconds: 1 }, { artifacts });
  await expect(claimResult(program, { ...step, noCache: { reason: " " } })).rejects.toThrow("Enter why");
  expect((await claimResult(program, { ...step, noCache: { reason: "The source changed." } })).state).toBe("make");
});

test("what was not used for the longest time goes first", async () => {
  const ctx = await newWorkspace(db);
  const { program } = await newProgram(ctx);
  const keep = async (name: string) => {
    const { key } = await claimResult(program, { ...step, step: name });
    const file = await store(program, key, name.padEnd(40, "."));
    await keepResult(program, { key, files: [file], seconds: 1 }, { artifacts, maxCacheBytes: 100 });
    return { key, sha256: file.sha256 };
  };
  const [a, b] = [await keep("a"), await keep("b")];
  expect((await claimResult(program, { ...step, step: "a" })).state).toBe("hit");
  await keep("c");
  expect((await listTrainingCache(ctx)).map((one) => one.step).toSorted()).toEqual(["a", "c"]);
  await openResultFile(program, a, artifacts);
  await expect(openResultFile(program, b, artifacts)).rejects.toThrow("not kept");
  expect((await claimResult(program, { ...step, step: "b" })).state).toBe("make");
});
