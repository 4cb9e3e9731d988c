import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { countOf } from "#server/stats/histogram.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import { PredictionSpool } from "./prediction-spool.ts";
import { isSampled } from "./sampling.ts";
import { claimAbandonedSlots, claimSlot } from "./slot.ts";
import { toLine } from "./store-predictions.ts";
import { readJournal } from "./window-journal.ts";
import { WindowSpool } from "./window-spool.ts";

const root = mkdtempSync(join(tmpdir(), "leeway-spool-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, String(folders++));

const key = { workspaceId: "w", endpointId: "e", versionId: "v", arm: "stable" as const, provider: "cpu" as const };
const ok = { status: 200, rows: 2, latencyMs: 12, queueMs: 1, computeMs: 10 };
const start = 1_700_000_000_000;

test("continues the counts of a killed process", async () => {
  const folder = newFolder();
  const first = new WindowSpool(folder, "g", { now: () => start + 1000 });
  await first.add(key, ok);
  await first.add(key, { ...ok, status: 503 });
  // The spool is not closed, and a line is incomplete.
  appendFileSync(join(folder, `${start}.log`), "r 0 200 1 12.0");
  const second = new WindowSpool(folder, "g", { now: () => start + 4000 });
  await second.add(key, ok);
  expect([...readJournal(folder, start).values()]).toMatchObject([
    { requests: 3, rows: 4, failures: { 503: 1 }, latencySumMs: 24, computeSumMs: 20 },
  ]);
});

test("writes concurrent requests together, before any of them is confirmed", async () => {
  const folder = newFolder();
  const spool = new WindowSpool(folder, "g", { now: () => start });
  const requestsOnDisk = () =>
    [...readJournal(folder, start).values()].reduce((sum, { requests }) => sum + requests, 0);
  const seen = await Promise.all([spool.add(key, ok).then(requestsOnDisk), spool.add(key, ok).then(requestsOnDisk)]);
  expect(seen).toEqual([2, 2]);
});

test("writes pending counts to disk on close", () => {
  const folder = newFolder();
  const spool = new WindowSpool(folder, "g", { now: () => start });
  void spool.add(key, ok);
  spool.close();
  expect([...readJournal(folder, start).values()]).toMatchObject([{ requests: 1 }]);
});

test("compacts a finished window to one line per key with the same counts", async () => {
  const folder = newFolder();
  let now = start;
  const spool = new WindowSpool(folder, "g", { now: () => now });
  for (let request = 0; request < 100; request += 1) await spool.add(key, ok);
  const before = readJournal(folder, start);
  // The data is not on disk yet when the window ends.
  void spool.add(key, ok);
  now += 10_000;
  await spool.add(key, ok);
  expect(
    readFileSync(join(folder, `${start}.log`), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(1);
  const [[was], [is]] = [[...before.values()], [...readJournal(folder, start).values()]];
  expect([was?.requests, is?.requests, is?.rows]).toEqual([100, 101, 202]);
  expect([...readJournal(folder, start + 10_000).values()]).toMatchObject([{ requests: 1 }]);
  expect(spool.isEmpty).toBe(false);
});

test("excludes rejected requests from latencies, but not timeouts", async () => {
  const folder = newFolder();
  const spool = new WindowSpool(folder, "g", { now: () => start });
  for (const status of [200, 400, 503, 504]) await spool.add(key, { ...ok, status });
  const [counts] = [...readJournal(folder, start).values()];
  expect(counts).toMatchObject({ requests: 4, rows: 2, failures: { 400: 1, 503: 1, 504: 1 }, latencySumMs: 24 });
  expect(countOf(counts?.latencyBuckets ?? {})).toBe(2);
});

test("counts at SLO limits, including after a restart, and counts new limits from then on", async () => {
  const folder = newFolder();
  const spool = new WindowSpool(folder, "g", { now: () => start });
  const limits = { latencyMs: [12, 100], featureAgeMs: [60_000] };
  await spool.add(key, { ...ok, latencyMs: 50 });
  for (const latencyMs of [12.0004, 12.001, 100]) await spool.add(key, { ...ok, latencyMs, limits });
  await spool.add(key, { ...ok, status: 504, limits });
  await spool.add(key, { ...ok, status: 500, limits });
  await spool.add(key, { ...ok, limits, sharedBy: "cache", featureAgeMs: 60_000 });
  await spool.add(key, { ...ok, limits, featureAgeMs: 60_001 });
  const indicators = { latency: { "12": [3, 6], "100": [5, 6] }, age: { "60000": [1, 2] } };
  expect([...readJournal(folder, start).values()]).toMatchObject([{ requests: 7, cacheHits: 1, indicators }]);
  await spool.add(key, { ...ok, limits: { latencyMs: [5], featureAgeMs: [] } });
  await spool.add(key, ok);
  const second = new WindowSpool(folder, "g", { now: () => start + 4000 });
  await second.add(key, { ...ok, limits });
  expect([...readJournal(folder, start).values()]).toMatchObject([
    { indicators: { latency: { "5": [0, 1], "12": [4, 7], "100": [6, 7] }, age: { "60000": [1, 2] } } },
  ]);
});

test("counts a task as a request, and its times nowhere", async () => {
  const folder = newFolder();
  const spool = new WindowSpool(folder, "g", { now: () => start });
  const limits = { latencyMs: [100], featureAgeMs: [] };
  await spool.add(key, { ...ok, limits });
  await spool.add(key, { ...ok, limits, latencyMs: 3_600_000, isTask: true });
  await spool.add(key, { ...ok, limits, status: 504, isTask: true });
  await spool.add(key, { ...ok, limits, sharedBy: "cache", isTask: true });
  const [counts] = [...readJournal(folder, start).values()];
  expect(counts).toMatchObject({
    requests: 3,
    rows: 4,
    cacheHits: 1,
    latencySumMs: 12,
    indicators: { latency: { "100": [1, 1] }, tasks: { "200": 1, "504": 1, shared: 1 } },
  });
  expect(countOf(counts?.latencyBuckets ?? {})).toBe(1);
});

test("does not reopen an old window when the clock is set back", async () => {
  const folder = newFolder();
  let now = start + 20_000;
  const spool = new WindowSpool(folder, "g", { now: () => now });
  now = start;
  await spool.add(key, ok);
  expect(readdirSync(folder)).toEqual([`${start + 20_000}.log`]);
});

test("counts zero for a served version without requests", () => {
  const folder = newFolder();
  new WindowSpool(folder, "g", { now: () => start }).touch(key);
  expect([...readJournal(folder, start).values()]).toMatchObject([{ ...key, requests: 0, latencyBuckets: {} }]);
});

test("does not fail requests when the disk is not writable", async () => {
  const folder = newFolder();
  let now = start;
  const spool = new WindowSpool(folder, "g", { now: () => now });
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "not a folder any more");
  now += 10_000;
  await spool.add(key, ok);
  await spool.add(key, ok);
});

const drained = async (spool: PredictionSpool): Promise<string[]> => {
  const all: string[] = [];
  await spool.drain(async (lines) => {
    all.push(...lines);
  });
  return all;
};

test("returns lines once, in order, across segments and after a crash", async () => {
  const folder = newFolder();
  const first = new PredictionSpool(folder, 2 ** 30);
  const lines = Array.from({ length: 50 }, (_, index) => `${index}:${"x".repeat(20_000)}`);
  for (const line of lines) first.add(line);
  expect(readdirSync(folder).length).toBeGreaterThan(2);
  const second = new PredictionSpool(folder, 2 ** 30);
  second.add("last");
  expect(await drained(second)).toEqual([...lines, "last"]);
  expect(second.isEmpty).toBe(true);
  expect(await drained(second)).toEqual([]);
});

test("returns lines again that could not be stored, before new lines", async () => {
  const spool = new PredictionSpool(newFolder(), 2 ** 20);
  spool.add("a");
  await expect(
    spool.drain(async () => {
      throw new Error("Postgres is away");
    }),
  ).rejects.toThrow("away");
  spool.add("b");
  expect(await drained(spool)).toEqual(["a", "b"]);
});

test("drops new lines when full and accepts them again after draining", async () => {
  const spool = new PredictionSpool(newFolder(), 10);
  expect([spool.add("12345678"), spool.add("12")]).toEqual([true, false]);
  await drained(spool);
  expect(spool.add("12")).toBe(true);
});

test("replaces characters in a line that Postgres rejects", () => {
  const prediction = {
    error: "a\0b",
    inputs: [{ name: "\ud800", datatype: "BYTES", shape: [1], data: ["日本", "\udfff"] }],
  };
  expect(JSON.parse(toLine(prediction as LoggedPrediction))).toEqual({
    error: "a\ufffdb",
    inputs: [{ name: "\ufffd", datatype: "BYTES", shape: [1], data: ["日本", "\ufffd"] }],
  });
});

test("samples the requested share deterministically, as a subset of any larger share", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `request-${index}`);
  const kept = (share: number) => ids.filter((id) => isSampled(id, share));
  expect(kept(0.1).length / ids.length).toBeCloseTo(0.1, 2);
  expect(kept(0.1)).toEqual(kept(0.1));
  expect(kept(0.3)).toEqual(expect.arrayContaining(kept(0.1)));
  expect([kept(0).length, kept(1).length]).toEqual([0, ids.length]);
});

test("assigns separate slots to two gateways in one folder, and reuses the slot of a dead one", () => {
  const folder = newFolder();
  const script = `import { claimSlot } from ${JSON.stringify(new URL("./slot.ts", import.meta.url).href)};
    process.stdout.write(claimSlot(${JSON.stringify(folder)}).gatewayId); process.kill(process.pid, "SIGKILL");`;
  const dead = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  const first = claimSlot(folder);
  expect(first.gatewayId).toBe(dead.stdout);
  const second = claimSlot(folder);
  expect(second.gatewayId).not.toBe(first.gatewayId);
  expect(claimAbandonedSlots(folder)).toEqual([]);
  second.release();
  expect(claimAbandonedSlots(folder).map((slot) => slot.gatewayId)).toEqual([second.gatewayId]);
});
