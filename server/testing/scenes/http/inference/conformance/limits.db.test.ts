import { expect, test, vi } from "vitest";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { expectError } from "./ask.ts";
import { binaryTensor, row, withTail } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { ask, ctx, gateway, infer, refuse, settled } = await openScene(["mlp", "slow"]);
const { id: endpointId } = await findEndpoint(ctx, "slow");
await updateEndpoint(ctx, { endpointId, execution: { maxBatchSize: 1, maxQueueSize: 1 } });
gateway.tell("missed");
const wanted = () => gateway.core.table.find(ctx.actor.workspaceId, "slow");
await vi.waitFor(() => expect(wanted()?.route.execution.maxQueueSize).toBe(1), 10_000);
await settled();

/** About 200 ms of work for one worker. */
function slowly(parameters: object = {}) {
  const rows = 64;
  const json = {
    inputs: [binaryTensor("x", "FP32", [rows, 512], rows * 512 * 4)],
    parameters: { binary_data_output: true, ...parameters },
  };
  return withTail(json, "00".repeat(rows * 512 * 4));
}
const run = (parameters?: object) => {
  const { body, headers } = slowly(parameters);
  return ask({ path: "/v2/models/slow/infer", body, ...(headers && { headers }) });
};
const pool = () => wanted()?.serving?.opened?.pool.state;
const executions = () => pool()?.counts.executions ?? 0;
const isBusy = () => expect.poll(() => pool()?.running, { interval: 1 }).toBe(1);

test("timeout_queue", async () => {
  const before = executions();
  const first = run();
  await isBusy();
  expectError(await run({ timeout: 1000 }), 504, /Deadline exceeded/);
  expect((await first).status).toBe(200);
  // The one that was late was not run afterwards either.
  expect((await run()).status).toBe(200);
  expect(executions() - before).toBe(2);
});

test("timeout_run", async () => {
  const restarts = pool()?.restarts;
  const startedAt = performance.now();
  expectError(await run({ timeout: 10_000 }), 504, /Deadline exceeded/);
  // The machine may be busy; the run itself takes longer than that anyway.
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect((await run()).status).toBe(200);
  expect(pool()?.restarts).toBe(restarts);
});

test("queue_full", async () => {
  const first = run();
  await isBusy();
  const second = run();
  await expect.poll(() => pool()?.queued, { interval: 1 }).toBe(1);
  const third = await run();
  expectError(third, 503, /queued requests/);
  expect(third.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
});

test("body_too_large", async () => {
  await refuse("mlp", Buffer.alloc(65 * 2 ** 20), 413);
  await infer("mlp", { inputs: [row] });
});

test("chunked_body", async () => {
  const answer = await infer("mlp", { inputs: [row] }, { "transfer-encoding": "chunked" });
  expect(answer.json.outputs[0].shape).toEqual([1, 3]);
});

test("drain", async () => {
  await gateway.core.drain();
  const answer = await ask({ path: "/v2/models/mlp/infer", body: { inputs: [row] } });
  expectError(answer, 503, /shutting down/);
  expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expectError(await ask({ path: "/v2/health/ready" }), 503);
  expect((await ask({ path: "/v2/health/live" })).status).toBe(200);
});
