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

test("a model is warm on the wished provider, and what stood in the way of better ones is told", async () => {
  const opened = await openModel(model, ["tensorrt", "cpu"], limits, inThreads);
  expect(opened).toMatchObject({
    provider: "cpu",
    workers: 2,
    fallbacks: [{ provider: "tensorrt", reason: expect.stringMatching(/gpu:install|no tensorrt provider/) }],
  });
  expect(opened.pool.state).toMatchObject({ workers: 2, running: 0 });
  await opened.pool.drain();
});

test("a model that does not run on zeros of its fixed shape is refused with ONNX Runtime's reason", async () => {
  await expect(
    openModel({ ...model, signature: signature(["N", 5]) }, ["cpu"], limits, inThreads),
  ).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("digits version 1 could not be loaded: Got invalid dimensions"),
  });
});

test("a model with a free dimension may fail on its synthetic input and still serve", async () => {
  const opened = await openModel({ ...model, signature: signature(["N", "length"]) }, ["cpu"], limits, inThreads);
  expect(opened.pool.state.workers).toBe(2);
  await opened.pool.drain();
});

test("every worker runs recorded requests before it serves; one that fails keeps nobody from serving", async () => {
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

test("a model that does not fit into memory is refused before it is loaded", async () => {
  await expect(openModel({ ...model, sizeBytes: 2 ** 50 }, ["cpu"], limits, inThreads)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("of memory"),
  });
});
