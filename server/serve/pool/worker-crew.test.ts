import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { plainStarter } from "#server/base/confinement/confined-processes.ts";
import { ModelPool } from "./model-pool.ts";

/** A thread that says it is ready and dies at its first run. */
const dying = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ kind }) => (kind === "run" ? process.exit(1) : parentPort.close()));
    parentPort.postMessage({ kind: "ready", loadMs: 1 });
  `)}`,
);
const options = {
  name: "test",
  path: "",
  provider: "cpu",
  workers: 1,
  threads: 1,
  isolation: "thread",
  processes: plainStarter({ folder: tmpdir(), usesGpu: false }),
  runLimitMs: 60_000,
  maxQueued: 8,
  warmUp: async () => {},
  backOffMs: { first: 1, longest: 1 },
} as const;

test("fails only the request of a worker that dies, and replaces the worker", async () => {
  const pool = await ModelPool.open({ ...options, script: dying });
  const run = () => pool.run({ tensors: [], outputs: [], deadlineAt: performance.now() + 10_000 });
  const results = await Promise.allSettled([run(), run()]);
  expect(results).toMatchObject([{ reason: { reason: "worker" } }, { reason: { reason: "worker" } }]);
  // The second request can only have failed in a replacement.
  expect(pool.state.restarts).toBeGreaterThanOrEqual(1);
  await pool.drain();
  expect(pool.state).toMatchObject({ running: 0, queued: 0 });
});

test("ends a worker that fails its warm-up and does not open the pool", async () => {
  let left: Promise<void> | undefined;
  const opened = ModelPool.open({
    ...options,
    script: dying,
    warmUp: async (worker) => {
      left = worker.ended;
      throw new Error("wrong shape");
    },
  });
  await expect(opened).rejects.toThrow("wrong shape");
  await left;
});
