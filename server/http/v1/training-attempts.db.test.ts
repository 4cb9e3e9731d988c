import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { trainingAttempts, trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { packRun } from "#server/develop/tracking/metrics/pack-run.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newStoredJob, startTrainingJob } from "#server/testing/fixtures/training/wrapper-testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-training-attempts-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const heartbeat = { seq: 1, rssBytes: 1000, gpus: [], step: null, spoolBytes: 0 };
const end = {
  code: 0,
  signal: null,
  wasTerminated: false,
  ranOutOfMemory: false,
  logBytes: 0,
  logDropped: 0,
  startedAt: 100,
  endedAt: 100,
};
const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Returns a job, and a function that calls as the wrapper of its present attempt. */
async function begin(ctx: Context, checkpoints = {}) {
  const spec = { command: ["python3", "train.py"], checkpoints: { keepLast: 3, best: null, ...checkpoints } };
  const jobId = await newStoredJob(ctx, artifacts, spec);
  const call = await clientOf(ctx, { artifacts, db: ctx.db });
  const start = async () => {
    const { number, token } = await startTrainingJob(ctx, jobId);
    return (method: "GET" | "HEAD" | "POST" | "PUT", path: string, payload?: object | Buffer, headers = {}) =>
      call(method, `/training/attempts/${jobId}/${number}${path}`, payload, {
        authorization: `Bearer ${token}`,
        ...headers,
      });
  };
  const logOf = async (attempt = 1) => (await call("GET", `/training/jobs/${jobId}/log/file?attempt=${attempt}`)).body;
  return { jobId, start, call, logOf: async (attempt = 1) => String(await logOf(attempt)) };
}

test(
  "takes heartbeats, and says stop once someone asked for it",
  inWorkspace(async (ctx) => {
    const { jobId, start, call } = await begin(ctx);
    const wrapper = await start();
    const go = { do: "go", graceSeconds: 30, checkpointNow: false };
    expect(await wrapper("POST", "/heartbeat", heartbeat)).toMatchObject({ status: 200, body: go });
    await wrapper("POST", "/heartbeat", { ...heartbeat, seq: 3, rssBytes: 3000 });
    await wrapper("POST", "/heartbeat", { ...heartbeat, seq: 2, rssBytes: 2000 });
    const [attempt] = await ctx.db.select().from(trainingAttempts).where(eq(trainingAttempts.jobId, jobId));
    expect(attempt).toMatchObject({ state: "running", heartbeat: { seq: 3, rssBytes: 3000 } });
    await call("POST", `/training/jobs/${jobId}/stop`, {});
    expect(await wrapper("POST", "/heartbeat", heartbeat)).toMatchObject({ body: { do: "stop" } });
    expect((await wrapper("POST", "/heartbeat", { ...heartbeat, seq: -1 })).status).toBe(400);
  }),
);

test(
  "stores a log once, whatever is repeated, and refuses a gap that was not dropped",
  inWorkspace(async (ctx) => {
    const { start, logOf } = await begin(ctx);
    const wrapper = await start();
    const append = (start: number, text: string, dropped = 0) =>
      wrapper("POST", `/log?start=${start}&dropped=${dropped}`, Buffer.from(text));
    expect(await append(0, "one\ntwo\n")).toMatchObject({ status: 200, body: { next: 8 } });
    expect(await append(0, "one\ntwo\n")).toMatchObject({ status: 200, body: { next: 8 } });
    expect(await append(4, "two\nthree\n")).toMatchObject({ status: 200, body: { next: 14 } });
    expect(await append(20, "later\n")).toMatchObject({ status: 409, body: { next: 14 } });
    expect(await append(20, "later\n", 5)).toMatchObject({ status: 409, body: { next: 14 } });
    expect(await append(20, "later\n", 6)).toMatchObject({ status: 200, body: { next: 26 } });
    const packed = await wrapper("POST", "/log?start=26", gzipSync("packed\n"), { "content-encoding": "gzip" });
    expect(packed).toMatchObject({ status: 200, body: { next: 33 } });
    expect(await logOf()).toBe("one\ntwo\nthree\n\n==> 6 bytes were dropped here <==\nlater\npacked\n");
    const large = gzipSync(Buffer.alloc(2 ** 20 + 1, "a"));
    expect((await wrapper("POST", "/log?start=33", large, { "content-encoding": "gzip" })).status).toBe(413);
    expect((await wrapper("POST", "/log?start=33", Buffer.alloc(2 ** 20 + 1))).status).toBe(413);
    expect((await wrapper("POST", "/log?start=33", Buffer.from("x"), { "content-encoding": "gzip" })).status).toBe(400);
  }),
);

test(
  "pages and searches a log by byte and by line, across its chunks",
  inWorkspace(async (ctx) => {
    const { jobId, start, call } = await begin(ctx);
    const wrapper = await start();
    const lines = Array.from({ length: 30_000 }, (_, at) => `step ${at + 1} löss\r0.${at}`);
    const whole = Buffer.from(`${lines.join("\n")}\n`);
    for (let at = 0; at < whole.length; at += 300_000) {
      await wrapper("POST", `/log?start=${at}`, whole.subarray(at, at + 300_000));
    }
    await wrapper("POST", `/log?start=${whole.length}`, Buffer.from("half a"));
    const read = async (query: string) => (await call("GET", `/training/jobs/${jobId}/log?attempt=1&${query}`)).body;
    const found: string[] = [];
    for (let from = 0; from < whole.length; ) {
      const page = await read(`from=${from}&limit=4999`);
      expect(page.lines[0].number).toBe(found.length + 1);
      const ended = page.lines.filter(({ start }: { start: number }) => start < page.next);
      found.push(...ended.map(({ text }: { text: string }) => text));
      from = page.next;
    }
    expect(found).toEqual(lines.map((line) => line.split("\r")[1]));
    for (const number of [1, 2, 4321, 29_999, 30_000]) {
      const page = await read(`line=${number}&limit=2`);
      expect(page.lines[0]).toMatchObject({ number, text: `0.${number - 1}` });
      expect(page.lines[0].start).toBe(Buffer.byteLength(lines.slice(0, number - 1).join("\n")) + Number(number > 1));
    }
    const tail = await read("limit=3");
    expect(tail.lines.map(({ text }: { text: string }) => text)).toEqual(["0.29998", "0.29999", "half a"]);
    expect(tail).toMatchObject({ totalLines: 30_000, isComplete: false, nextLine: 30_001, next: whole.length });
    await wrapper("POST", `/log?start=${whole.length + 6}`, Buffer.from(" line\n"));
    const { lines: rest } = await read(`from=${tail.next}`);
    expect(rest).toEqual([
      { number: 30_001, start: whole.length, text: "half a line", dropped: 0, at: expect.any(String) },
    ]);
    // A line has the time at which its end came.
    // A line has the time at which its end came.
    await ctx.db.execute(sql`update training_log_chunks set at = to_timestamp(start)`);
    const cameAt = (await read("line=30000")).lines.map(({ at }: { at: string }) => Date.parse(at) / 1000);
    expect(cameAt[0]).toBeLessThan(whole.length);
    expect(cameAt[1]).toBe(whole.length + 6);

    const search = async (query: string) => (await call("GET", `/training/jobs/${jobId}/log/matches?${query}`)).body;
    expect(await search("q=HALF%20A")).toMatchObject({ next: null, matches: [{ number: 30_001, attempt: 1 }] });
    // What "\r" replaced is not shown, so it is not found.
    expect((await search("q=step")).matches).toEqual([]);
    const numbers: number[] = [];
    for (let place: { fromAttempt: number; from: number } | null = { fromAttempt: 1, from: 0 }; place; ) {
      const { matches, next } = await search(`q=.777&limit=50&fromAttempt=${place.fromAttempt}&from=${place.from}`);
      numbers.push(...matches.map(({ number }: { number: number }) => number));
      place = next;
    }
    const expected = lines.flatMap((_, at) => (`0.${at}`.includes(".777") ? [at + 1] : []));
    expect(numbers).toEqual(expected);
    expect((await call("GET", `/training/jobs/${jobId}/log?attempt=2`)).status).toBe(404);
  }),
);

test(
  "stores files by their digest, and a checkpoint once all of them are there",
  inWorkspace(async (ctx) => {
    const { jobId, start, call } = await begin(ctx);
    const wrapper = await start();
    const [one, two] = [Buffer.from("weights"), Buffer.from("optimiser")];
    const put = (bytes: Buffer, name = digest(bytes)) => wrapper("PUT", `/blobs/${name}`, bytes);
    expect((await wrapper("HEAD", `/blobs/${digest(one)}`)).status).toBe(404);
    expect(await put(one, digest(two))).toMatchObject({ status: 422, body: { error_code: "DIGEST" } });
    expect((await wrapper("HEAD", `/blobs/${digest(two)}`)).status).toBe(404);
    expect((await put(one)).status).toBe(200);
    expect((await wrapper("HEAD", `/blobs/${digest(one)}`)).status).toBe(200);
    const part = await wrapper("GET", `/blobs/${digest(one)}`, undefined, { range: "bytes=2-4" });
    expect(part).toMatchObject({ status: 206, body: Buffer.from("igh") });

    const file = (path: string, bytes: Buffer) => ({ path, sizeBytes: bytes.length, sha256: digest(bytes) });
    const manifest = { name: "step-20", step: 20, files: [file("step-20/b", two), file("step-20/a", one)] };
    expect((await wrapper("POST", "/checkpoints", manifest)).status).toBe(409);
    await put(two);
    const added = await wrapper("POST", "/checkpoints", manifest);
    expect(added).toMatchObject({ status: 200, body: { seq: 1 } });
    const turned = { ...manifest, files: manifest.files.toReversed() };
    expect((await wrapper("POST", "/checkpoints", turned)).body).toEqual(added.body);
    for (const path of ["../x", "/x", "a/../../x", "a\\..\\x", ""]) {
      const outside = { ...manifest, files: [file(path, one)] };
      expect((await wrapper("POST", "/checkpoints", outside)).status).toBe(400);
    }
    const { id } = added.body;
    expect((await wrapper("POST", `/checkpoints/${id}/restored`, {})).status).toBe(200);
    expect((await call("GET", `/training/jobs/${jobId}/checkpoints`)).body.checkpoints).toMatchObject([
      { seq: 1, attempt: 1, step: 20, files: 2, sizeBytes: 16, verifiedAt: expect.any(String), tornAt: null },
    ]);
    await writeFile(join(folder, ctx.actor.workspaceId, "training", jobId, "blobs", digest(one)), "weighty");
    for (const _ of [1, 2]) expect((await wrapper("POST", `/checkpoints/${id}/torn`, {})).status).toBe(200);
    const [attempt] = await ctx.db.select().from(trainingAttempts).where(eq(trainingAttempts.jobId, jobId));
    expect(attempt).toMatchObject({ tornCheckpoints: 1, resumedFrom: null });
    // Otherwise the same bytes would be taken for stored when they are saved again.
    expect((await wrapper("HEAD", `/blobs/${digest(one)}`)).status).toBe(404);
  }),
);

test(
  "says of which step a checkpoint is by what its attempt had logged when it was saved",
  inWorkspace(async (ctx) => {
    const { jobId, start } = await begin(ctx);
    const wrapper = await start();
    const [job] = await ctx.db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
    // The attempt before came to step 90 before 1,000; this one went on from 40, and goes on while the checkpoint is sent.
    const steps = [
      [90, 900],
      [41, 2_000],
      [80, 3_000],
      [95, 4_000],
    ] as const;
    const metrics = steps.map(([step, timestamp]) => ({ key: "loss", value: 1, step, timestamp }));
    await logBatch(ctx, { runId: job?.runId ?? "", metrics, params: [], tags: [] });
    const bytes = Buffer.from("last");
    await wrapper("PUT", `/blobs/${digest(bytes)}`, bytes);
    const files = [{ path: "last.ckpt", sizeBytes: bytes.length, sha256: digest(bytes) }];
    const save = (name: string, saved?: object) => wrapper("POST", "/checkpoints", { name, files, saved });
    await save("last.ckpt", { from: 1_000.4, until: 3_500.6 });
    await save("none-logged", { from: 5_000, until: 6_000 });
    await save("older-wrapper");
    const stored = await ctx.db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, jobId));
    const byName = Object.fromEntries(stored.map(({ name, step }) => [name, step]));
    expect(byName).toEqual({ "last.ckpt": 80, "none-logged": 95, "older-wrapper": 95 });
    await packRun(ctx, job?.runId ?? "", Date.now() + 600_000);
    await save("packed", { from: 0, until: 5_000 });
    const [packed] = await ctx.db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.name, "packed"));
    expect(packed?.step).toBe(95);
  }),
);

test(
  "keeps the last checkpoints and the best, and removes the files that only others had",
  inWorkspace(async (ctx) => {
    const { jobId, start, call } = await begin(ctx, { keepLast: 2, best: { metric: "loss", goal: "min" } });
    const wrapper = await start();
    const shared = Buffer.from("shared");
    const [job] = await ctx.db.select().from(trainingJobs).where(eq(trainingJobs.id, jobId));
    const losses = [0.5, 0.1, 0.3, 0.4, 0.6];
    for (const [at, value] of losses.entries()) {
      const metrics = [
        { key: "loss", value, step: at, timestamp: at },
        { key: "system/cpu", value: 1, step: 1000, timestamp: at },
      ];
      await logBatch(ctx, { runId: job?.runId ?? "", metrics, params: [], tags: [] });
      const own = Buffer.from(`own ${at}`);
      for (const bytes of [own, shared]) await wrapper("PUT", `/blobs/${digest(bytes)}`, bytes);
      const files = [own, shared].map((bytes, n) => ({
        path: `f${n}`,
        sizeBytes: bytes.length,
        sha256: digest(bytes),
      }));
      expect((await wrapper("POST", "/checkpoints", { name: `c${at}`, files })).status).toBe(200);
    }
    const { checkpoints } = (await call("GET", `/training/jobs/${jobId}/checkpoints`)).body;
    type Listed = { seq: number; removedAt: string | null; step: number; metrics: object };
    const kept = checkpoints.filter((each: Listed) => each.removedAt === null);
    expect(kept.map(({ seq, step }: Listed) => [seq, step])).toEqual([
      [5, 4],
      [4, 3],
      [2, 1],
    ]);
    expect(kept[2].metrics).toEqual({ loss: 0.1 });
    const statusOf = async (text: string) => (await wrapper("HEAD", `/blobs/${digest(Buffer.from(text))}`)).status;
    expect(await Promise.all([0, 1, 2, 3, 4].map((at) => statusOf(`own ${at}`)))).toEqual([404, 200, 404, 200, 200]);
    expect(await statusOf("shared")).toBe(200);
    const [removed] = await ctx.db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.seq, 1));
    expect(removed?.files).toEqual([]);
  }),
);

test(
  "a new attempt makes every call of the one before fail, and changes nothing of it",
  inWorkspace(async (ctx) => {
    const { jobId, start, logOf } = await begin(ctx);
    const old = await start();
    const bytes = Buffer.from("weights");
    await old("POST", "/log?start=0", Buffer.from("before\n"));
    await old("PUT", `/blobs/${digest(bytes)}`, bytes);
    await start();
    const files = [{ path: "a", sizeBytes: bytes.length, sha256: digest(bytes) }];
    const fenced = { status: 403, body: { error_code: "FENCED" } };
    expect(await old("POST", "/heartbeat", heartbeat)).toMatchObject(fenced);
    expect(await old("POST", "/log?start=7", Buffer.from("after\n"))).toMatchObject(fenced);
    expect(await old("PUT", `/blobs/${digest(Buffer.from("x"))}`, Buffer.from("x"))).toMatchObject(fenced);
    expect(await old("GET", `/blobs/${digest(bytes)}`)).toMatchObject(fenced);
    expect(await old("POST", "/checkpoints", { name: "a", files })).toMatchObject(fenced);
    expect(await old("POST", "/end", end)).toMatchObject(fenced);
    expect(await logOf()).toBe("before\n");
    expect(await ctx.db.$count(trainingCheckpoints, eq(trainingCheckpoints.jobId, jobId))).toBe(0);
    const [first] = await ctx.db.select().from(trainingAttempts).where(eq(trainingAttempts.number, 1));
    expect(first).toMatchObject({ report: null, heartbeat: null });
  }),
);

test(
  "takes the end once, says so again, and nothing after it",
  inWorkspace(async (ctx) => {
    const { jobId, start } = await begin(ctx);
    const wrapper = await start();
    const late = { ...end, code: 3, startedAt: 5000, endedAt: 5000.25 };
    for (const code of [3, 3, 0]) expect((await wrapper("POST", "/end", { ...late, code })).status).toBe(200);
    const [attempt] = await ctx.db.select().from(trainingAttempts).where(eq(trainingAttempts.jobId, jobId));
    // The clock of its machine is of 1970; how long it ran is right.
    const ranMs = Date.parse(attempt?.report?.at ?? "") - (attempt?.startedAt?.getTime() ?? 0);
    expect(attempt?.report).toMatchObject({ code: 3, wasTerminated: false });
    expect(ranMs).toBeLessThanOrEqual(250);
    expect(await wrapper("POST", "/log?start=0", Buffer.from("x"))).toMatchObject({ status: 403 });
    await ctx.db.update(trainingAttempts).set({ fencedAt: new Date(), state: "ended" });
    expect((await wrapper("POST", "/end", late)).status).toBe(200);
  }),
);

test(
  "asks for the token of the very attempt",
  inWorkspace(async (ctx) => {
    const { jobId, start, call } = await begin(ctx);
    await start();
    const other = await startTrainingJob(ctx, await newStoredJob(ctx, artifacts, { command: ["true"] }));
    const path = `/training/attempts/${jobId}/1/heartbeat`;
    for (const authorization of ["Bearer x", "Basic eDp5", `Bearer ${other.token}`]) {
      expect(await call("POST", path, heartbeat, { authorization })).toMatchObject({
        status: 401,
        body: { error_code: "UNAUTHENTICATED" },
      });
    }
    expect((await call("POST", path, heartbeat)).status).toBe(401);
    const unknown = await call("POST", "/training/attempts/tj-none/1/heartbeat", heartbeat, {
      authorization: `Bearer ${other.token}`,
    });
    expect(unknown.status).toBe(401);
    const wrapper = await call("GET", "/training/wrapper");
    const etag = String(wrapper.headers.etag);
    expect(etag).toBe(`"${digest(wrapper.body)}"`);
    expect((await call("GET", "/training/wrapper", undefined, { "if-none-match": etag })).status).toBe(304);
  }),
);
