import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { defaultExecution } from "../../develop/registry/execution/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { openModel } from "./open-model.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-open-"));
const path = join(folder, "model.onnx");
writeFileSync(path, mlpModel([4, 3]));
afterAll(() => rmSync(folder, { recursive: true }));

const signature = (inputShape: (number | string)[]): Signature => ({
  inputs: [{ name: "x", datatype: "FP32", shape: inputShape }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 3] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "test",
  metadata: {},
});
const limits = { workers: 2, threads: 1 };
const inThreads = { ...defaultExecution, isolation: "thread" as const };
const model = { name: "digits version 1", path, sizeBytes: 1000, signature: signature(["N", 4]) };

test("opens a warm model on the requested provider and reports why better providers failed", async () => {
  const opened = await openModel(model, ["tensorrt", "cpu"], limits, inThreads);
  expect(opened).toMatchObject({
    provider: "cpu",
    workers: 2,
    fallbacks: [{ provider: "tensorrt", reason: expect.stringMatching(/gpu:install|no tensorrt provider/) }],
  });
  expect(opened.pool.state).toMatchObject({ workers: 2, running: 0 });
  await opened.pool.drain();
});

test("rejects a model that fails on zeros of its fixed shape, with ONNX Runtime's reason", async () => {
  await expect(
    openModel({ ...model, signature: signature(["N", 5]) }, ["cpu"], limits, inThreads),
  ).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("digits version 1 could not be loaded: Got invalid dimensions"),
  });
});

test("serves a model with a free dimension even if its synthetic input fails", async () => {
  const opened = await openModel({ ...model, signature: signature(["N", "length"]) }, ["cpu"], limits, inThreads);
  expect(opened.pool.state.workers).toBe(2);
  await opened.pool.drain();
});

test("warms up every worker with recorded requests, and serves even if one of them fails", async () => {
  const of = (shape: number[]): Tensor => ({
    name: "x",
    datatype: "FP32",
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size)).fill(0.5),
  });
  const recorded = [[of([3, 4])], [of([1, 5])], [of([7, 4])]];
  const opened = await openModel({ ...model, recorded }, ["cpu"], limits, inThreads);
  expect(opened).toMatchObject({ workers: 2, recordedRuns: 2 });
  expect(recorded[0]?.[0]?.data).toHaveLength(12);
  await opened.pool.drain();
});

test("rejects a model that does not fit into memory before loading it", async () => {
  await expect(openModel({ ...model, sizeBytes: 2 ** 50 }, ["cpu"], limits, inThreads)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("of memory"),
  });
});
