import { expect, test, vi } from "vitest";
import { InferenceFailure } from "../pool/failure.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cacheKey } from "./cache-key.ts";
import { CacheSettings } from "./contract.ts";
import { type CacheInput, PredictionCache } from "./prediction-cache.ts";
import { ResponseCache } from "./response-cache.ts";

const floats = (name: string, ...data: number[]): Tensor => ({
  name,
  datatype: "FP32",
  shape: [1, data.length],
  data: Float32Array.from(data),
});
const texts = (...data: string[]): Tensor => ({ name: "x", datatype: "BYTES", shape: [data.length], data });
const key = (tensors: Tensor[], version = "v1 cpu", outputs = ["y"]) => cacheKey(version, outputs, tensors);

test("computes the same key for the same input in any order and any buffer", () => {
  const whole = Float32Array.of(9, 1, 2, 9);
  const view: Tensor = { name: "a", datatype: "FP32", shape: [1, 2], data: whole.subarray(1, 3) };
  expect(key([view, floats("b", 3)])).toBe(key([floats("b", 3), floats("a", 1, 2)]));
});

test.each([
  ["another version", key([floats("x", 1)], "v2 cpu")],
  ["another provider", key([floats("x", 1)], "v1 cuda")],
  ["other outputs", key([floats("x", 1)], "v1 cpu", ["y", "z"])],
  ["another value", key([floats("x", 1.0000001)])],
  ["minus zero", key([floats("x", -0)])],
  ["zero", key([floats("x", 0)])],
  ["another shape", key([{ ...floats("x", 1), shape: [1] }])],
  ["another name", key([floats("z", 1)])],
  ["another type", key([{ ...floats("x", 1), datatype: "INT32", data: Int32Array.of(1) }])],
  ["texts that join to the same", key([texts("ab", "c")])],
  ["texts that join to the same, split elsewhere", key([texts("a", "bc")])],
])("computes a distinct key for %s", (name, own) => {
  const others = [key([floats("x", 1)]), key([floats("x", 0)]), key([texts("ab", "c")])];
  const matches = others.filter((other) => other === own).length;
  expect(matches).toBe(["zero", "texts that join to the same"].includes(name) ? 1 : 0);
});

/** Creates a cache whose clock the test controls; each output of one float takes 260 bytes. */
function clocked() {
  const clock = { now: 0 };
  return { clock, cache: new ResponseCache(() => clock.now) };
}

test("returns a cached response until it reaches the TTL", () => {
  const { clock, cache } = clocked();
  cache.set("a", [floats("y", 1)], 1000);
  clock.now = 9_999;
  expect(cache.get("a", 10)).toMatchObject({ ageSeconds: 9.999 });
  clock.now = 10_000;
  expect(cache.get("a", 10)).toBeUndefined();
  expect(cache.bytes).toBe(0);
});

test("evicts the least recently used response, and never exceeds the byte limit", () => {
  const { cache } = clocked();
  for (const name of ["a", "b", "c"]) cache.set(name, [floats("y", 1)], 780);
  cache.get("a", 10);
  cache.set("d", [floats("y", 1)], 780);
  expect(["a", "b", "c", "d"].filter((name) => cache.get(name, 10))).toEqual(["a", "c", "d"]);
  expect(cache.bytes).toBe(780);
  cache.set("huge", [floats("y", ...new Array<number>(1000).fill(1))], 780);
  expect(cache.get("huge", 10)).toBeUndefined();
  cache.shrink(300);
  expect(cache.bytes).toBe(260);
});

test("stores part of a batch without the rest", () => {
  const { cache } = clocked();
  const batch = new Float32Array(1000);
  cache.set("a", [{ name: "y", datatype: "FP32", shape: [1], data: batch.subarray(3, 4) }], 1000);
  const [kept] = cache.get("a", 10)?.tensors ?? [];
  expect((kept as { data: Float32Array }).data.buffer.byteLength).toBe(4);
});

const result = (value: number): PoolResult => ({
  tensors: [floats("y", value)],
  queueMs: 1,
  inputMs: 1,
  runMs: 1,
  outputMs: 1,
});

/** Sends requests to a cache; the test settles the runs. */
function requesting(settings: object) {
  const store = new PredictionCache();
  const runs: (PromiseWithResolvers<PoolResult> & { isUnwanted: () => boolean })[] = [];
  const sources: string[] = [];
  const request = async (
    more: { cacheMode?: CacheInput; deadlineMs?: number; level?: number; isGone?: () => boolean } = {},
  ) => {
    const { cacheMode = "any", deadlineMs = 10_000, level = 0, isGone = () => false } = more;
    const prediction = await store.resolve({
      endpointId: "e",
      settings: CacheSettings.parse(settings),
      cacheMode,
      key: () => "key",
      caller: { deadlineAt: performance.now() + deadlineMs, level, isGone },
      run: (isUnwanted) => {
        const run = { ...Promise.withResolvers<PoolResult>(), isUnwanted };
        runs.push(run);
        return run.promise;
      },
      onShared: () => sources.push("joined"),
    });
    const [output] = prediction.result.tensors;
    return `${prediction.source} ${output?.data[0]}`;
  };
  return { store, runs, sources, request };
}

test("serves a cached response, refreshes it for no-cache, and bypasses it for no-store", async () => {
  const { runs, request } = requesting({ ttlSeconds: 60 });
  const received: string[] = [];
  for (const [cacheMode, value] of [
    ["any", 1],
    ["any", 2],
    ["no-cache", 3],
    ["any", 4],
    ["no-store", 5],
    ["any", 6],
  ] as const) {
    const before = runs.length;
    const prediction = request({ cacheMode });
    if (runs.length > before) runs.at(-1)?.resolve(result(value));
    received.push(await prediction);
  }
  expect(received).toEqual(["model 1", "cache 1", "model 3", "cache 3", "model 5", "cache 3"]);
});

test("does not cache a failed run", async () => {
  const { runs, request } = requesting({ ttlSeconds: 60 });
  const failed = request();
  runs[0]?.reject(new InferenceFailure("model", "It broke."));
  await expect(failed).rejects.toThrow("It broke.");
  const next = request();
  runs[1]?.resolve(result(2));
  expect(await next).toBe("model 2");
});

test("runs every request without a TTL and coalescing", async () => {
  const { runs, request } = requesting({});
  const both = [request(), request()];
  expect(runs).toHaveLength(2);
  for (const run of runs) run.resolve(result(1));
  expect(await Promise.all(both)).toEqual(["model 1", "model 1"]);
});

test("coalesces identical concurrent requests into one run, and runs the next one again", async () => {
  const { runs, sources, request } = requesting({ coalesces: true });
  const all = [request(), request(), request(), request({ cacheMode: "no-cache" })];
  expect(runs).toHaveLength(2);
  for (const run of runs) run.resolve(result(1));
  expect(await Promise.all(all)).toEqual(["model 1", "coalesced 1", "coalesced 1", "model 1"]);
  expect(sources).toHaveLength(2);
  const next = request();
  runs[2]?.resolve(result(2));
  expect(await next).toBe("model 2");
});

test("does not let a request wait for an identical one of lower priority", async () => {
  const { runs, request } = requesting({ coalesces: true });
  const all = [request({ level: 2 }), request({ level: 0 }), request({ level: 1 })];
  expect(runs).toHaveLength(2);
  // The first one ends later, and must not make the next request start another run.
  runs[0]?.resolve(result(1));
  expect(await all[0]).toBe("model 1");
  const joined = request({ level: 0 });
  expect(runs).toHaveLength(2);
  runs[1]?.resolve(result(2));
  expect(await Promise.all([...all.slice(1), joined])).toEqual(["model 2", "coalesced 2", "coalesced 2"]);
});

test("returns a failure to all coalesced requests", async () => {
  const { runs, request } = requesting({ coalesces: true });
  const all = [request(), request()];
  runs[0]?.reject(new InferenceFailure("model", "It broke."));
  for (const one of all) await expect(one).rejects.toThrow("It broke.");
});

test("continues a run until the last of its callers has disconnected", async () => {
  const { runs, request } = requesting({ coalesces: true });
  const gone = { first: false, second: false };
  const all = [request({ isGone: () => gone.first }), request({ isGone: () => gone.second })];
  gone.first = true;
  expect(runs[0]?.isUnwanted()).toBe(false);
  gone.second = true;
  expect(runs[0]?.isUnwanted()).toBe(true);
  runs[0]?.resolve(result(1));
  await Promise.all(all);
});

test("applies the deadline of each caller, and reruns for one with more time than the run had", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const { runs, request } = requesting({ coalesces: true });
    const [short, long] = [request({ deadlineMs: 50 }), request({ deadlineMs: 500 })];
    const refused = expect(short).rejects.toMatchObject({ reason: "deadline" });
    await vi.advanceTimersByTimeAsync(60);
    await refused;
    expect(runs[0]?.isUnwanted()).toBe(false);
    runs[0]?.reject(new InferenceFailure("deadline", "The run was too late."));
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(result(2));
    expect(await long).toBe("model 2");
  } finally {
    vi.useRealTimers();
  }
});

test("evicts responses of an endpoint whose cache is disabled", async () => {
  const { store, runs, request } = requesting({ ttlSeconds: 60 });
  const first = request();
  runs[0]?.resolve(result(1));
  await first;
  expect(store.bytesOf("e")).toBeGreaterThan(0);
  store.keepOnly(new Map([["e", CacheSettings.parse({})]]));
  expect(store.bytesOf("e")).toBe(0);
});
