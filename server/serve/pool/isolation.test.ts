import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { loopModel, mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { defaultExecution, type ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { openModel } from "./open-model.ts";
import type { RunningModel } from "./running-model.ts";
import { trustedAfter } from "./worker-crew.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-isolation-"));
const path = join(folder, "model.onnx");
writeFileSync(path, loopModel());
const signature: Signature = {
  ...mlpSignature,
  inputs: [
    { name: "n", datatype: "INT64", shape: [] },
    { name: "x", datatype: "FP32", shape: [1] },
  ],
  outputs: [{ name: "y", datatype: "FP32", shape: [1] }],
};
const pools: RunningModel[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.drain()));
  rmSync(folder, { recursive: true });
});

async function open(settings: Partial<ExecutionSettings>): Promise<RunningModel> {
  const model = { name: "loop version 1", path, sizeBytes: 1000, signature };
  const limits = { workers: 1, threads: 1 };
  const { pool } = await openModel(model, ["cpu"], limits, { ...defaultExecution, ...settings });
  pools.push(pool);
  return pool;
}

/** Doubles 1 so many times. */
async function double(pool: RunningModel, times: number | bigint): Promise<number> {
  const { tensors } = await pool.run({
    tensors: [
      { name: "n", datatype: "INT64", shape: [], data: BigInt64Array.of(BigInt(times)) },
      { name: "x", datatype: "FP32", shape: [1], data: Float32Array.of(1) },
    ],
    outputs: ["y"],
    deadlineAt: performance.now() + 30_000,
  });
  return tensors[0]?.data[0] as number;
}
const forever = 2n ** 60n;

test("kills the process of a run that never ends, and runs the queued requests in another process", async () => {
  const pool = await open({ isolation: "process", runLimitMs: 500 });
  const [pid] = pool.state.pids;
  const endless = double(pool, forever);
  const behind = double(pool, 3);
  await expect(endless).rejects.toMatchObject({
    reason: "worker",
    message: expect.stringContaining("longer than 0.5\u00a0s"),
  });
  expect(await behind).toBe(8);
  expect(pool.state).toMatchObject({ workers: 1, restarts: 1, hung: 0, isSettled: true });
  expect(pool.state.pids).not.toContain(pid);
  expect(() => process.kill(pid as number, 0)).toThrow("ESRCH");
});

test("fails only the running request when its process dies", async () => {
  const [pool, other] = [await open({ isolation: "process" }), await open({ isolation: "process" })];
  const running = double(pool, forever);
  const behind = double(pool, 2);
  process.kill(pool.state.pids[0] as number, "SIGSEGV");
  await expect(running).rejects.toMatchObject({ reason: "worker" });
  expect(await behind).toBe(4);
  expect(await double(other, 1)).toBe(2);
  expect(other.state.restarts).toBe(0);
});

test("runs a new version in a process and moves it to threads after enough requests, without failures", async () => {
  const layers = join(folder, "layers.onnx");
  writeFileSync(layers, mlpModel([4, 3]));
  const model = { name: "layers version 1", path: layers, sizeBytes: 1000, signature: mlpSignature };
  const { pool } = await openModel(model, ["cpu"], { workers: 1, threads: 1 }, defaultExecution);
  pools.push(pool);
  const run = async () => {
    const tensors: Tensor[] = [{ name: "x", datatype: "FP32", shape: [1, 4], data: new Float32Array(4) }];
    const result = await pool.run({ tensors, outputs: ["y"], deadlineAt: performance.now() + 30_000 });
    expect(result.tensors[0]?.data).toHaveLength(3);
  };
  expect(pool.state).toMatchObject({ kind: "process", isSettled: false, pids: [expect.any(Number)] });
  for (let count = 0; count < trustedAfter; count += 1) await run();
  await vi.waitFor(
    async () => {
      await run();
      expect(pool.state).toMatchObject({ kind: "thread", isSettled: true, pids: [], workers: 1, restarts: 0 });
    },
    { timeout: 20_000 },
  );
  await run();
});

test("replaces a hung thread with a process and lets the thread end on its own", async () => {
  const pool = await open({ isolation: "thread", runLimitMs: 1_000 });
  await expect(double(pool, 2_000_000)).rejects.toMatchObject({ reason: "worker" });
  expect(await double(pool, 2)).toBe(4);
  expect(pool.state).toMatchObject({ workers: 1, restarts: 1, pids: [expect.any(Number)] });
  await vi.waitFor(() => expect(pool.state.hung).toBe(0));
});
