import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { newBench } from "#server/testing/fixtures/serving/playground/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const { db } = await freshDatabase();
const { playground, models, close } = await newBench();
afterAll(close);

/** Returns a REST client of a workspace with two versions of a model. */
async function newClient() {
  const ctx = await newWorkspace(db);
  for (const version of [1, 2]) await newVersion(ctx, { version }, models);
  return { ctx, call: await clientOf(ctx, { playground }) };
}

const row = { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] };
const run = { model: "digits", sides: [{ version: 1 }, { version: 2, provider: "cpu" }], inputs: [row] };

test("runs two versions side by side, and keeps the run in the history until it is deleted", async () => {
  const { call } = await newClient();
  const ran = await call("POST", "/playground-runs", run);
  expect(ran).toMatchObject({
    status: 201,
    body: {
      ran: [{ answer: { provider: "cpu", outputs: [{ name: "y", shape: [1, 3] }] } }, { answer: { provider: "cpu" } }],
      difference: [{ name: "y", elements: 3, differing: 0, maxAbsolute: 0 }],
    },
  });
  const { runId: id, ran: answered } = ran.body;
  expect(answered[0].answer.outputs[0].data).toEqual(Array(3).fill(expect.any(Number)));
  const list = await call("GET", "/playground-runs?model=digits");
  expect(list).toMatchObject({ status: 200, body: { runs: [{ id, kind: "run", state: "done" }] } });
  const one = await call("GET", `/playground-runs/${id}`);
  expect(one.body).toMatchObject({ id, sides: [{ version: 1 }, { version: 2 }], request: { inputs: [row] } });
  expect(one.body.result.ran).toEqual(answered);
  expect((await call("GET", `/playground-runs/${id}/items`)).body).toEqual({ items: [] });
  expect((await call("DELETE", `/playground-runs/${id}`)).status).toBe(204);
  expect((await call("GET", `/playground-runs/${id}`)).status).toBe(404);
});

test("returns an input mismatch as an outcome, and rejects an unknown version and missing inputs", async () => {
  const { call } = await newClient();
  const unfit = await call("POST", "/playground-runs", { ...run, inputs: [{ ...row, shape: [1, 5] }] });
  expect(unfit).toMatchObject({
    status: 201,
    body: { ran: Array(2).fill({ problem: { kind: "input", message: expect.stringContaining("input 'x'") } }) },
  });
  const absent = await call("POST", "/playground-runs", { ...run, sides: [{ version: 3 }] });
  expect(absent).toMatchObject({ status: 404, body: { error: { message: expect.stringContaining("version=3") } } });
  expect((await call("POST", "/playground-runs", { ...run, inputs: [] })).status).toBe(400);
  expect((await call("GET", "/playground-runs/none")).status).toBe(400);
  expect((await call("GET", `/playground-runs/${randomUUID()}`)).status).toBe(404);
});

test("explains a prediction asynchronously", async () => {
  const { call } = await newClient();
  const side = { version: 1 };
  const { body: first } = await call("POST", "/playground-runs", { ...run, sides: [side] });
  const settings = { method: "shapley", background: { from: "zero" } };
  const question = { model: "digits", side, inputs: [row], runId: first.runId, settings };
  const started = await call("POST", "/playground-explanations", question);
  expect(started).toMatchObject({ status: 202, body: { id: expect.any(String) } });
  const state = async () => (await call("GET", `/playground-runs/${started.body.id}`)).body.state;
  await expect.poll(state, { timeout: 20_000 }).toBe("done");
  const { body } = await call("GET", `/playground-runs/${first.runId}`);
  expect(body.explanations).toMatchObject([{ id: started.body.id, explanation: { why: { method: "shapley" } } }]);
  // It has ended, which a cancellation leaves alone.
  expect((await call("POST", `/playground-runs/${started.body.id}/cancellation`)).status).toBe(204);
  expect(await state()).toBe("done");
});

test("requires the infer scope without an endpoint restriction to run", async () => {
  const { ctx } = await newClient();
  const as = (rights: Partial<Context["actor"]>) =>
    clientOf({ db, actor: { ...ctx.actor, ...rights } }, { playground });
  const infers = await as({ role: "viewer", scopes: ["infer"] });
  expect((await infers("POST", "/playground-runs", run)).status).toBe(201);
  expect((await infers("GET", "/playground-runs")).status).toBe(403);
  const reads = await as({ role: "viewer", scopes: ["read"] });
  expect((await reads("POST", "/playground-runs", run)).status).toBe(403);
  expect((await reads("GET", "/playground-runs")).body.runs).toHaveLength(1);
  const limited = await as({ scopes: ["infer", "read"], endpoints: ["digits"] });
  expect((await limited("POST", "/playground-runs", run)).status).toBe(403);
  expect((await limited("GET", "/playground-runs")).status).toBe(403);
});
