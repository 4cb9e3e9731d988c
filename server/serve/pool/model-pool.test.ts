import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { plainStarter } from "#server/base/confinement/confined-processes.ts";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import {
  type Dimension,
  type ElementType,
  identityModel,
  mlpModel,
  twoByTwoModel,
} from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import type { Tensor, TensorData } from "../tensor/tensor.ts";
import { ModelPool, type PoolOptions } from "./model-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-pool-"));
const processes = plainStarter({ folder, usesGpu: false });
const pools: ModelPool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.drain()));
  rmSync(folder, { recursive: true });
});

const far = () => performance.now() + 30_000;
const x = (values: number[], shape: number[]): Tensor => ({
  name: "x",
  datatype: "FP32",
  shape,
  data: Float32Array.from(values),
});

async function open(model: Buffer, options: Partial<PoolOptions> = {}): Promise<ModelPool> {
  const path = join(folder, `${pools.length}.onnx`);
  writeFileSync(path, model);
  const pool = await ModelPool.open({
    name: "test",
    path,
    provider: "cpu",
    workers: 1,
    threads: 1,
    isolation: "thread",
    processes,
    runLimitMs: 60_000,
    maxQueued: 8,
    warmUp: async () => {},
    ...options,
  });
  pools.push(pool);
  return pool;
}

/** Builds a fast model that a large batch keeps busy for tens of milliseconds. */
const slowModel = () => mlpModel([256, 512, 256, 8]);
const slowInput = (): Tensor => ({
  name: "x",
  datatype: "FP32",
  shape: [4096, 256],
  data: new Float32Array(4096 * 256),
});

test("returns outputs in the requested order", async () => {
  const pool = await open(twoByTwoModel());
  const tensors = () => [
    { ...x([1, 2, 3, 4], [2, 2]), name: "a" },
    { ...x([10, 20, 30, 40], [2, 2]), name: "b" },
  ];
  const { tensors: both } = await pool.run({ tensors: tensors(), outputs: ["difference", "sum"], deadlineAt: far() });
  expect(both).toEqual([
    { name: "difference", datatype: "FP32", shape: [2, 2], data: Float32Array.of(-9, -18, -27, -36) },
    { name: "sum", datatype: "FP32", shape: [2, 2], data: Float32Array.of(11, 22, 33, 44) },
  ]);
  const { tensors: one } = await pool.run({ tensors: tensors(), outputs: ["sum"], deadlineAt: far() });
  expect(one.map((tensor) => tensor.name)).toEqual(["sum"]);
});

const examples: [Datatype, ElementType, () => TensorData][] = [
  ["BOOL", "bool", () => Uint8Array.of(1, 0)],
  ["UINT8", "uint8", () => Uint8Array.of(0, 255)],
  ["UINT16", "uint16", () => Uint16Array.of(0, 65_535)],
  ["UINT32", "uint32", () => Uint32Array.of(0, 4_294_967_295)],
  ["UINT64", "uint64", () => BigUint64Array.of(0n, 2n ** 64n - 1n)],
  ["INT8", "int8", () => Int8Array.of(-128, 127)],
  ["INT16", "int16", () => Int16Array.of(-32_768, 32_767)],
  ["INT32", "int32", () => Int32Array.of(-2_147_483_648, 2_147_483_647)],
  ["INT64", "int64", () => BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
  ["FP16", "float16", () => Uint16Array.of(0x3c00, 0xc000)],
  ["FP32", "float32", () => Float32Array.of(Number.NaN, -0.1)],
  ["FP64", "float64", () => Float64Array.of(Number.POSITIVE_INFINITY, 5e-324)],
  ["BYTES", "string", () => ["", "日本"]],
];
test.each(examples)("passes %s through a model bit for bit", async (datatype, type, data) => {
  const pool = await open(identityModel(type, ["N"] satisfies Dimension[]));
  const tensors = [{ name: "x", datatype, shape: [2], data: data() }];
  const { tensors: prediction } = await pool.run({ tensors, outputs: ["y"], deadlineAt: far() });
  expect(prediction).toEqual([{ name: "y", datatype, shape: [2], data: data() }]);
});

test("rejects requests with a retry time when the queue is full, and completes those in the queue", async () => {
  const pool = await open(slowModel(), { maxQueued: 2 });
  const run = () => pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: far() });
  const results = await Promise.allSettled([run(), run(), run(), run(), run()]);
  expect(results.map((result) => result.status)).toEqual([
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
    "rejected",
  ]);
  expect(results[4]).toMatchObject({ reason: { code: "unavailable", retryAfterSeconds: 1 } });
});

test("rejects a queued request at its deadline and never executes it", async () => {
  const pool = await open(slowModel());
  const first = pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: far() });
  const late = slowInput();
  const startedAt = performance.now();
  await expect(pool.run({ tensors: [late], outputs: ["y"], deadlineAt: startedAt + 2 })).rejects.toMatchObject({
    reason: "deadline",
  });
  await first;
  // Data of an executed request move to the worker and leave an empty array behind.
  expect(late.data.length).toBe(4096 * 256);
});

test("rejects a request at its deadline during the run, and keeps the worker running", async () => {
  const pool = await open(slowModel());
  const run = (limitMs: number) =>
    pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: performance.now() + limitMs });
  await expect(run(3)).rejects.toMatchObject({ reason: "deadline" });
  expect((await run(30_000)).tensors).toHaveLength(1);
  expect(pool.state).toMatchObject({ workers: 1, restarts: 0, running: 0, queued: 0 });
});

test("does not execute a request whose caller has disconnected", async () => {
  const pool = await open(slowModel());
  let isGone = false;
  const first = pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: far() });
  const gone = pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: far(), isGone: () => isGone });
  isGone = true;
  await expect(gone).rejects.toMatchObject({ reason: "canceled" });
  await first;
  expect(pool.state).toMatchObject({ queued: 0, counts: { executions: 1 } });
});

test("returns an invalid error for an input that the model rejects", async () => {
  const pool = await open(mlpModel([4, 3]));
  await expect(pool.run({ tensors: [x([1, 2], [1, 2])], outputs: ["y"], deadlineAt: far() })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("Got: 2 Expected: 4"),
  });
});

test("completes queued requests and rejects new ones while draining", async () => {
  const pool = await open(slowModel());
  const run = () => pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: far() });
  const accepted = [run(), run(), run()];
  const drained = pool.drain();
  await expect(run()).rejects.toMatchObject({ code: "unavailable" });
  await expect(Promise.all(accepted)).resolves.toHaveLength(3);
  await drained;
});

test("fails to open a file that is not a model, without leaving a worker behind", async () => {
  await expect(open(Buffer.from("not a model"))).rejects.toThrow(/protobuf parsing failed/i);
});

test("runs one request per worker, with workers in parallel", async () => {
  const pool = await open(slowModel(), { workers: 2 });
  const run = () => pool.run({ tensors: [slowInput()], outputs: ["y"], deadlineAt: far() });
  const runs = [run(), run(), run()];
  await new Promise(setImmediate);
  expect(pool.state).toMatchObject({ workers: 2, running: 2, queued: 1 });
  await Promise.all(runs);
});

test("survives opening and closing pools under load", async () => {
  const path = join(folder, "soak.onnx");
  writeFileSync(path, mlpModel([4, 16, 3]));
  const options = {
    name: "soak",
    path,
    provider: "cpu",
    workers: 2,
    threads: 1,
    isolation: "thread",
    processes,
    runLimitMs: 60_000,
    maxQueued: 1000,
    warmUp: async () => {},
  };
  const cycle = async () => {
    const pool = await ModelPool.open(options as PoolOptions);
    const runs = Array.from({ length: 100 }, () =>
      pool.run({ tensors: [x([1, 2, 3, 4], [1, 4])], outputs: ["y"], deadlineAt: far() }),
    );
    await pool.drain();
    return (await Promise.all(runs)).length;
  };
  for (let round = 0; round < 3; round += 1) {
    expect(await Promise.all([cycle(), cycle(), cycle()])).toEqual([100, 100, 100]);
  }
});
