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

test("the key is the same for the same input in any order and any buffer", () => {
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
])("the key of %s is its own", (name, own) => {
  const others = [key([floats("x", 1)]), key([floats("x", 0)]), key([texts("ab", "c")])];
  const matches = others.filter((other) => other === own).length;
  expect(matches).toBe(["zero", "texts that join to the same"].includes(name) ? 1 : 0);
});

/** Creates a cache whose clock the test controls; each output of one float takes 260 bytes. */
function clocked() {
  const clock = { now: 0 };
  return { clock, cache: new ResponseCache(() => clock.now) };
}

test("an answer is given until it is as old as allowed", () => {
  const { clock, cache } = clocked();
  cache.set("a", [floats("y", 1)], 1000);
  clock.now = 9_999;
  expect(cache.get("a", 10)).toMatchObject({ ageSeconds: 9.999 });
  clock.now = 10_000;
  expect(cache.get("a", 10)).toBeUndefined();
  expect(cache.bytes).toBe(0);
});

test("the answer that was not used for longest makes room, and the bytes are never more than allowed", () => {
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

test("a part of a batch is kept without the rest of it", () => {
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
  const request = async (more: { cacheMode?: CacheInput; deadlineMs?: number; isGone?: () => boolean } = {}) => {
    const { cacheMode = "any", deadlineMs = 10_000, isGone = () => false } = more;
    const prediction = await store.resolve({
      endpointId: "e",
      settings: CacheSettings.parse(settings),
      cacheMode,
      key: () => "key",
      caller: { deadlineAt: performance.now() + deadlineMs, isGone },
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

test("a kept answer spares the model; no-cache runs it again and renews the answer; no-store leaves it", async () => {
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

test("a failed run is not kept", async () => {
  const { runs, request } = requesting({ ttlSeconds: 60 });
  const failed = request();
  runs[0]?.reject(new InferenceFailure("model", "It broke."));
  await expect(failed).rejects.toThrow("It broke.");
  const next = request();
  runs[1]?.resolve(result(2));
  expect(await next).toBe("model 2");
});

test("without a time to live and without sharing, every request runs", async () => {
  const { runs, request } = requesting({});
  const both = [request(), request()];
  expect(runs).toHaveLength(2);
  for (const run of runs) run.resolve(result(1));
  expect(await Promise.all(both)).toEqual(["model 1", "model 1"]);
});

test("identical requests at the same time run once, and the next one runs again", async () => {
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

test("a failure reaches all who wait for it", async () => {
  const { runs, request } = requesting({ coalesces: true });
  const all = [request(), request()];
  runs[0]?.reject(new InferenceFailure("model", "It broke."));
  for (const one of all) await expect(one).rejects.toThrow("It broke.");
});

test("whoever began the run may leave: it goes on for the others, until the last has left", async () => {
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

test("each waits until its own deadline, and who has more time than the run had runs for itself", async () => {
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

test("what an endpoint may keep no more is let go", async () => {
  const { store, runs, request } = requesting({ ttlSeconds: 60 });
  const first = request();
  runs[0]?.resolve(result(1));
  await first;
  expect(store.bytesOf("e")).toBeGreaterThan(0);
  store.keepOnly(new Map([["e", CacheSettings.parse({})]]));
  expect(store.bytesOf("e")).toBe(0);
});
