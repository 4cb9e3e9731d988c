import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import {
  identityModel,
  indices,
  mlpModel,
  node,
  onnxModel,
  tensorValue,
  weights,
} from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { defaultExecution, type ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type OpenedModel, openModel } from "./open-model.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-batching-"));
const all: OpenedModel[] = [];
afterAll(async () => {
  await Promise.all(all.map(({ pool }) => pool.drain()));
  rmSync(folder, { recursive: true });
});

async function open(bytes: Buffer, signature: Signature, settings: Partial<ExecutionSettings> = {}) {
  const path = join(folder, `${all.length}.onnx`);
  writeFileSync(path, bytes);
  const model = { name: "test version 1", path, sizeBytes: bytes.length, signature };
  const execution = { ...defaultExecution, ...settings };
  const opened = await openModel(model, ["cpu"], { workers: 1, threads: 1 }, execution);
  all.push(opened);
  return opened;
}

const far = () => performance.now() + 30_000;
const x = (values: number[], shape: number[]): Tensor => ({
  name: "x",
  datatype: "FP32",
  shape,
  data: Float32Array.from(values),
});
const rowOf = (seed: number) => x([seed, seed / 3, -seed, 1 / (seed + 1)], [1, 4]);
/** Sizes of the batches that ran, with how often each did. */
const sizesOf = ({ pool }: OpenedModel) =>
  Object.fromEntries([...pool.state.counts.bySize].map(([rows, { executions }]) => [rows, executions]));

test("batches concurrent requests and returns the same outputs as separate runs", async () => {
  const opened = await open(mlpModel([4, 16, 3]), mlpSignature);
  expect(opened.batching).toEqual({ maxBatchSize: 32 });
  const run = (tensor: Tensor) => opened.pool.run({ tensors: [tensor], outputs: ["y"], deadlineAt: far() });
  const seeds = Array.from({ length: 12 }, (_, index) => index);
  const alone: Tensor[] = [];
  for (const seed of seeds) alone.push((await run(rowOf(seed))).tensors[0] as Tensor);
  expect(sizesOf(opened)).toEqual({ 1: 12 });
  const together = await Promise.all(seeds.map((seed) => run(rowOf(seed))));
  expect(sizesOf(opened)).toEqual({ 1: 12, 12: 1 });
  for (const [position, { tensors }] of together.entries()) {
    const [prediction] = tensors;
    expect(prediction?.shape).toEqual([1, 3]);
    for (const [index, value] of Array.from(alone[position]?.data as Float32Array).entries())
      expect(prediction?.data[index]).toBeCloseTo(value, 5);
  }
});

/** Builds y = x, quantised to 256 levels between the smallest and the largest number of the whole tensor. */
const quantisingModel = () =>
  onnxModel({
    nodes: [
      node("DynamicQuantizeLinear", ["x"], ["quantised", "scale", "zero"]),
      node("DequantizeLinear", ["quantised", "scale", "zero"], ["y"]),
    ],
    inputs: [tensorValue("x", "float32", ["N", 2])],
    outputs: [tensorValue("y", "float32", ["N", 2])],
  });
const twoColumns: Signature = {
  ...mlpSignature,
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", 2] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 2] }],
};

test("does not batch a model that quantises by the numbers of all rows, and returns the same beside a large row", async () => {
  const opened = await open(quantisingModel(), twoColumns);
  expect(opened.batching).toEqual({
    maxBatchSize: 1,
    reason: "With the operator 'DynamicQuantizeLinear', rows of a batch influence each other.",
  });
  const run = (values: number[]) =>
    opened.pool.run({ tensors: [x(values, [1, 2])], outputs: ["y"], deadlineAt: far() });
  const [small] = await Promise.all([run([0.499, 0]), run([1000, -1000])]);
  expect(small?.tensors[0]?.data[0]).toBeCloseTo(0.499, 2);
});

test("finds by two requests of different scales that rows influence each other, whatever the operators", async () => {
  // The sum of all rows decides how finely all are rounded: rows of the same size hardly notice each other.
  const axes = indices("axes", [0, 1]);
  const levels = weights("levels", [1], Float32Array.of(100_000));
  const bytes = onnxModel({
    nodes: [
      node("Abs", ["x"], ["size"]),
      node("ReduceSum", ["size", "axes"], ["largest"]),
      node("Div", ["largest", "levels"], ["scale"]),
      node("Div", ["x", "scale"], ["scaled"]),
      node("Round", ["scaled"], ["rounded"]),
      node("Mul", ["rounded", "scale"], ["y"]),
    ],
    initializers: [axes, levels],
    inputs: [tensorValue("x", "float32", ["N", 2])],
    outputs: [tensorValue("y", "float32", ["N", 2])],
  });
  const { batching } = await open(bytes, twoColumns);
  expect(batching).toEqual({
    maxBatchSize: 1,
    reason: "A request beside one with larger numbers returns a different 'y' than alone.",
  });
});

test("batches requests that queue up while the worker is busy", async () => {
  const opened = await open(mlpModel([4, 16, 3]), mlpSignature);
  const run = () => opened.pool.run({ tensors: [rowOf(1)], outputs: ["y"], deadlineAt: far() });
  const first = run();
  await new Promise(setImmediate);
  await Promise.all([first, run(), run(), run()]);
  expect(sizesOf(opened)).toEqual({ 1: 1, 3: 1 });
});

test("returns its own rows to a request with several rows", async () => {
  const { pool } = await open(identityModel("float32", ["N", 2]), {
    ...mlpSignature,
    inputs: [{ name: "x", datatype: "FP32", shape: ["N", 2] }],
    outputs: [{ name: "y", datatype: "FP32", shape: ["N", 2] }],
  });
  const inputs = [x([1, 2], [1, 2]), x([3, 4, 5, 6], [2, 2]), x([7, 8, 9, 10, 11, 12], [3, 2])];
  const predictions = await Promise.all(
    inputs.map((tensor) => pool.run({ tensors: [structuredClone(tensor)], outputs: ["y"], deadlineAt: far() })),
  );
  expect(predictions.map(({ tensors }) => tensors[0])).toEqual(inputs.map((tensor) => ({ ...tensor, name: "y" })));
  expect([...pool.state.counts.bySize.keys()]).toEqual([6]);
});

/** Builds a model that returns the rows x of a table of four rows; an index that is not in the table fails the complete run. */
const findModel = () =>
  onnxModel({
    nodes: [node("Gather", ["W", "x"], ["y"])],
    initializers: [weights("W", [4, 2], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7))],
    inputs: [tensorValue("x", "int64", ["N"])],
    outputs: [tensorValue("y", "float32", ["N", 2])],
  });
const findSignature: Signature = {
  ...mlpSignature,
  inputs: [{ name: "x", datatype: "INT64", shape: ["N"] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 2] }],
};

test("fails only the failing request of a batch", async () => {
  const opened = await open(findModel(), findSignature);
  const run = (index: bigint) =>
    opened.pool.run({
      tensors: [{ name: "x", datatype: "INT64", shape: [1], data: BigInt64Array.of(index) }],
      outputs: ["y"],
      deadlineAt: far(),
    });
  const results = await Promise.allSettled([run(0n), run(1n), run(99n), run(2n), run(3n)]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(results[2]).toMatchObject({ reason: { reason: "model" } });
  const values = results.map((result) =>
    result.status === "fulfilled" ? Array.from(result.value.tensors[0]?.data as Float32Array) : [],
  );
  expect(values).toEqual([[0, 1], [2, 3], [], [4, 5], [6, 7]]);
  expect(opened.pool.state).toMatchObject({ queued: 0, running: 0 });
});

test("waits for more requests on an idle worker when a batching delay is set", async () => {
  const opened = await open(mlpModel([4, 16, 3]), mlpSignature, {
    maxQueueDelayMicroseconds: 400_000,
    maxBatchSize: 3,
  });
  const run = (seed: number) => opened.pool.run({ tensors: [rowOf(seed)], outputs: ["y"], deadlineAt: far() });
  const startedAt = performance.now();
  await Promise.all([run(1), run(2), run(3)]);
  expect(performance.now() - startedAt).toBeLessThan(400);
  expect(sizesOf(opened)).toEqual({ 3: 1 });
  const [{ queueMs }] = await Promise.all([run(1), run(2)]);
  expect(queueMs).toBeGreaterThan(350);
  expect(sizesOf(opened)).toEqual({ 2: 1, 3: 1 });
});

test("runs queued requests of a higher priority first", async () => {
  const opened = await open(mlpModel([4, 16, 3]), mlpSignature, {
    maxBatchSize: 1,
    priorityLevels: 2,
    defaultPriorityLevel: 2,
  });
  const order: string[] = [];
  const run = async (name: string, priority = 0) => {
    await opened.pool.run({ tensors: [rowOf(1)], outputs: ["y"], deadlineAt: far(), priority });
    order.push(name);
  };
  await Promise.all([run("usual"), run("low", 2), run("high", 1), run("beyond", 9)]);
  expect(order).toEqual(["high", "usual", "low", "beyond"]);
});

const free = (name: string, shape: (string | number)[]) => ({ name, datatype: "FP32" as const, shape });
const softmax = () =>
  onnxModel({
    nodes: [node("Softmax", ["x"], ["y"])],
    inputs: [tensorValue("x", "float32", ["N"])],
    outputs: [tensorValue("y", "float32", ["N"])],
  });
const refused: [string, () => Buffer, Partial<Signature>, RegExp][] = [
  [
    "whose rows depend on each other",
    softmax,
    { inputs: [free("x", ["N"])], outputs: [free("y", ["N"])] },
    /different 'y'/,
  ],
  [
    "with a fixed first dimension",
    () => identityModel("float32", [1, 4]),
    { inputs: [free("x", [1, 4])], outputs: [free("y", [1, 4])] },
    /input 'x' has 1 as its fixed first dimension/,
  ],
  [
    "whose number of rows is another dimension too",
    () => identityModel("float32", ["N", "N"]),
    { inputs: [free("x", ["N", "N"])], outputs: [free("y", ["N", "N"])] },
    /row count in another dimension/,
  ],
];
test.each(refused)(
  "runs each request separately for a model %s, with the reason",
  async (_, model, signature, reason) => {
    const opened = await open(model(), { ...mlpSignature, ...signature });
    expect(opened.batching).toEqual({ maxBatchSize: 1, reason: expect.stringMatching(reason) });
    const shape =
      signature.inputs?.[0]?.shape.map((dimension) => (typeof dimension === "string" ? 1 : dimension)) ?? [];
    const values = Array(shape.reduce((product, size) => product * size, 1)).fill(0.5);
    const run = () => opened.pool.run({ tensors: [x(values, shape)], outputs: ["y"], deadlineAt: far() });
    await Promise.all([run(), run(), run()]);
    expect(sizesOf(opened)).toEqual({ 1: 3 });
  },
);
