import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfinedProcesses } from "#server/base/confinement/confined-processes.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import {
  indices,
  memoryModel,
  node,
  onnxModel,
  tensorValue,
} from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { defaultExecution, type ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import { openModel } from "./open-model.ts";
import type { RunningModel } from "./running-model.ts";
import { trustedAfter } from "./worker-crew.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-limits-"));
const pools: RunningModel[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.drain()));
  rmSync(folder, { recursive: true });
});

const signature: Signature = {
  ...mlpSignature,
  inputs: [{ name: "n", datatype: "INT64", shape: [1] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N"] }],
};
const mebibyte = 2 ** 20;

async function open(
  file: Buffer,
  settings: Partial<ExecutionSettings> = {},
  { mode = "none" as "auto" | "none", maxBytes = 512 * mebibyte } = {},
): Promise<RunningModel> {
  const path = join(mkdtempSync(join(folder, "model-")), "model.onnx");
  writeFileSync(path, file, { mode: 0o600 });
  const confinement = new ConfinedProcesses({ mode, hidden: [folder], folder, maxBytes });
  const limits = { workers: 1, threads: 1, confinement };
  const model = { name: "zeros version 1", path, sizeBytes: file.length, signature };
  const { pool } = await openModel(model, ["cpu"], limits, { ...defaultExecution, ...settings });
  pools.push(pool);
  return pool;
}

/** Requests so many zeros. @returns how many came */
async function zeros(pool: RunningModel, count: number): Promise<number> {
  const { tensors } = await pool.run({
    tensors: [{ name: "n", datatype: "INT64", shape: [1], data: BigInt64Array.of(BigInt(count)) }],
    outputs: ["y"],
    deadlineAt: performance.now() + 30_000,
  });
  return tensors[0]?.data.length ?? 0;
}

const tooMuch = { reason: "memory", message: "The model needs more memory than its limit of 512\u00a0MiB." };

test.each([
  ["1.2 GB", 3e8],
  ["20 GB", 5e9],
  ["more than any machine has", 2 ** 50],
])("rejects a request for %s, and its process continues", async (_, count) => {
  const pool = await open(memoryModel());
  const { pids } = pool.state;
  await expect(zeros(pool, count)).rejects.toMatchObject(tooMuch);
  expect(await zeros(pool, 5)).toBe(5);
  expect(pool.state).toMatchObject({ restarts: 0, pids });
});

test("rejects outputs that are too large to copy, with the limit", async () => {
  const pool = await open(memoryModel(), {}, { maxBytes: 2048 * mebibyte });
  await expect(zeros(pool, 80e6)).rejects.toMatchObject({
    reason: "model",
    message: expect.stringMatching(/^The model failed: At most 256\sMiB of outputs per run; got 305\sMiB\.$/),
  });
  expect(await zeros(pool, 60e6)).toBe(60e6);
});

test("rejects a model whose first run needs too much memory, instead of starting it again and again", async () => {
  const large = onnxModel({
    nodes: [node("Add", ["n", "more"], ["sum"]), node("ConstantOfShape", ["sum"], ["y"])],
    initializers: [indices("more", [5e9])],
    inputs: [tensorValue("n", "int64", [1])],
    outputs: [tensorValue("y", "float32", ["N"])],
  });
  await expect(open(large)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/^zeros version 1 could not be loaded: .*its limit of 512\sMiB\.$/),
  });
});

test("leaves a version in its process if a request can ask for any amount of memory", async () => {
  const pool = await open(memoryModel(), { isolation: "auto" });
  for (let count = 0; count < trustedAfter + 1; count += 1) await zeros(pool, 1);
  await new Promise(setImmediate);
  expect(pool.state).toMatchObject({ kind: "process", workers: 1 });
});

test("runs a version under the strongest isolation of this machine", async () => {
  const pool = await open(memoryModel(), { isolation: "process" }, { mode: "auto" });
  expect(await zeros(pool, 3)).toBe(3);
  await expect(zeros(pool, 5e9)).rejects.toMatchObject(tooMuch);
});
