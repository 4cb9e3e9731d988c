import { cpSync, mkdtempSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { inferenceTasks, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { createServer } from "#server/http/server.ts";
import { listen } from "#server/platform/events/listen.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { loadEndpoint } from "#server/serve/endpoints/load-endpoint.ts";
import { unloadEndpoint } from "#server/serve/endpoints/unload-endpoint.ts";
import { storeTaskInput } from "#server/serve/tasks/store-task-input.ts";
import { submitTask } from "#server/serve/tasks/submit-task.ts";
import { TaskRunner } from "#server/serve/tasks/task-runner.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newStore, newTaskEndpoint, openRules } from "#server/testing/fixtures/serving/tasks/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { callServer, expectError, type Question } from "../../testing/fixtures/http/inference/conformance/ask.ts";
import { knownErrorResponse } from "./errors.ts";
import { inferencePlugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const { core } = gateway;
const artifacts = await newStore();
const authorization = `Bearer ${await newToken(ctx)}`;
const endpointId = await newTaskEndpoint(ctx, { backlogLimit: 3 });
await newVersion(ctx, { bytes: mlpModel([4, 16, 3]) }, gateway.models);
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
const app = createServer(readConfig({}));
const gatewayUrl = "http://gateway.test";
await inferencePlugin(app, { core, tasks: { artifacts, gatewayUrl, rules: openRules } });
const feed = listen(url, "test");
await core.start();
await app.listen({ port: 0, host: "127.0.0.1" });
await vi.waitFor(() => expect(core.unreadyReason).toBeUndefined(), { interval: 20 });
afterAll(async () => {
  await feed.close();
  await app.close();
  await gateway.close();
});
const { port } = app.server.address() as AddressInfo;

const request = { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] };
const call = (question: Question) => callServer(port, { ...question, headers: { authorization, ...question.headers } });
const submit = (body: Question["body"] = request, headers: Question["headers"] = {}) =>
  call({ method: "POST", path: "/v2/models/digits/tasks", body, headers });
const stateOf = async (id: string) => (await call({ path: `/v2/tasks/${id}` })).json;

/** Starts a runner for the duration of one test. */
async function run(): Promise<TaskRunner> {
  const runner = new TaskRunner({ core, db, artifacts, feed, gatewayUrl, explain: knownErrorResponse });
  onTestFinished(() => runner.stop(5));
  await runner.start();
  return runner;
}
const untilEnded = (id: string, state: string) =>
  vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ state }), { interval: 50 });

test("accepts a task, runs it at lowest priority, and returns the result of the same request", async () => {
  const accepted = await submit();
  expect([accepted.status, accepted.json.error]).toEqual([202, null]);
  const { id, status_url, result_url } = accepted.json;
  expect(accepted.headers.location).toBe(`/v2/tasks/${id}`);
  expect([status_url, result_url]).toEqual([`${gatewayUrl}/v2/tasks/${id}`, `${gatewayUrl}/v2/tasks/${id}/result`]);
  expect(accepted.json).toMatchObject({ state: "queued", model_name: "digits", attempts: 0 });
  expectError(await call({ path: `/v2/tasks/${id}/result` }), 409, /still queued/);
  await run();
  await untilEnded(id, "succeeded");
  const direct = await call({ method: "POST", path: "/v2/models/digits/infer", body: request });
  const result = await call({ path: `/v2/tasks/${id}/result` });
  expect(result.json.outputs).toEqual(direct.json.outputs);
  expect(result.json).toMatchObject({ model_name: "digits", model_version: "1", parameters: { request_id: id } });
  // In the prediction log like any other.
  await core.flush();
  expect(await db.$count(predictions, eq(predictions.requestId, id))).toBe(1);
});

test("returns binary tensors and an uploaded request as a synchronous request would", async () => {
  await run();
  const json = JSON.stringify({
    id: "mine",
    outputs: [{ name: "y", parameters: { binary_data: true } }],
    inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", parameters: { binary_data_size: 16 } }],
  });
  const body = Buffer.concat([Buffer.from(json), Buffer.from(new Float32Array([1, 2, 3, 4]).buffer)]);
  const headers = { "inference-header-content-length": String(json.length) };
  const direct = await call({ method: "POST", path: "/v2/models/digits/infer", body, headers });
  const upload = await call({ method: "POST", path: "/v2/task-inputs", body });
  expect([upload.status, upload.json.size]).toEqual([201, body.length]);
  const uploaded = { ...headers, "leeway-input": upload.json.id };
  const tasks = [
    await submit(body, headers),
    await call({ method: "POST", path: "/v2/models/digits/versions/1/tasks", headers: uploaded }),
  ];
  for (const { json } of tasks) {
    await untilEnded(json.id, "succeeded");
    const result = await call({ path: `/v2/tasks/${json.id}/result` });
    const length = Number(result.headers["inference-header-content-length"]);
    const directLength = Number(direct.headers["inference-header-content-length"]);
    expect(result.json.id).toBe("mine");
    expect(result.body.subarray(length)).toEqual(direct.body.subarray(directLength));
  }
});

test("runs uploaded requests of one workspace while those of another hang", async () => {
  const other = await newWorkspace(db);
  const otherId = await newTaskEndpoint(other);
  onTestFinished(async () => void (await archiveEndpoint(other, { endpointId: otherId })));
  await newVersion(other, { bytes: mlpModel([4, 16, 3]) }, gateway.models);
  await deployVersion(other, { endpointId: otherId, model: "digits", version: 1 });
  gateway.emit("missed");
  await vi.waitFor(() => expect(core.table.find(other.actor.workspaceId, "digits")?.serving).toBeDefined());
  const upload = async (where: Context, id: string) => {
    const body = Readable.from([JSON.stringify(request)]);
    const { id: inputId } = await storeTaskInput(where, body, artifacts);
    return (await submitTask(where, { endpointId: id, inputId }, undefined, { artifacts, rules: openRules })).id;
  };
  const opened: string[] = [];
  const hanging = Promise.withResolvers<never>();
  const store = {
    put: artifacts.put.bind(artifacts),
    open: (key: string) => {
      opened.push(key);
      return key.includes(other.actor.workspaceId) ? hanging.promise : artifacts.open(key);
    },
  };
  for (let index = 0; index < 3; index += 1) await upload(other, otherId);
  const runner = new TaskRunner({ core, db, artifacts: store, feed, gatewayUrl, explain: knownErrorResponse });
  onTestFinished(async () => {
    hanging.reject(new Error("The store is gone."));
    await runner.stop(5);
  });
  await runner.start();
  await vi.waitFor(() => expect(opened).toHaveLength(1));
  const id = await upload(ctx, endpointId);
  // Whoever submitted it sees it; the token of this file did not.
  const hasSucceeded = and(eq(inferenceTasks.id, id), eq(inferenceTasks.state, "succeeded"));
  await vi.waitFor(async () => expect(await db.$count(inferenceTasks, hasSucceeded)).toBe(1));
  // The others of the workspace wait for its first one.
  expect(opened).toHaveLength(2);
});

test("turns an invalid request into a dead letter with a reason, without retries", async () => {
  await run();
  const { json } = await submit({ inputs: [{ ...request.inputs[0], shape: [1, 5] }] });
  await untilEnded(json.id, "failed");
  expect(await stateOf(json.id)).toMatchObject({
    attempts: 1,
    error_status: 400,
    error: expect.stringMatching(/shape|elements/),
  });
  expectError(await call({ path: `/v2/tasks/${json.id}/result` }), 409, /The task failed/);
});

test("rejects an invalid task at once, and a full backlog with Retry-After", async () => {
  expectError(await submit(""), 400, /Send an inference request body/);
  expectError(await submit(request, { "leeway-expires-in": "soon" }), 400, /expirySeconds/);
  expectError(await submit(request, { "leeway-webhook-url": "http://127.0.0.1:1/" }), 409, /no webhook signing secret/);
  expectError(
    await call({ method: "POST", path: "/v2/models/none/tasks", body: request }),
    404,
    /Model 'none' does not exist/,
  );
  expectError(await call({ method: "PUT", path: "/v2/models/digits/tasks", body: request }), 405);
  const key = { "idempotency-key": "one" };
  const { json } = await submit(request, key);
  expect((await submit(request, key)).json.id).toBe(json.id);
  expectError(await submit({ ...request, id: "other" }, key), 409, /already used for a different request/);
  await submit();
  await submit();
  const full = await submit();
  expectError(full, 503, /The queue is full \(limit 3\)/);
  expect(full.headers["retry-after"]).toBe("10");
  const cancelled = await call({ method: "POST", path: `/v2/tasks/${json.id}/cancellation` });
  expect([cancelled.status, cancelled.json.state]).toEqual([200, "cancelled"]);
  expect((await submit()).status).toBe(202);
  await db.update(inferenceTasks).set({ state: "cancelled" }).where(eq(inferenceTasks.state, "queued"));
});

test("requeues unstarted tasks when the runner stops", async () => {
  const { json } = await submit();
  const runner = await run();
  await runner.stop(0);
  await vi.waitFor(async () => expect(["queued", "succeeded"]).toContain((await stateOf(json.id)).state));
  const { state, attempts } = await stateOf(json.id);
  if (state === "queued") expect(attempts).toBe(0);
  await run();
  await untilEnded(json.id, "succeeded");
});

test("accepts tasks for an unloaded endpoint, which wait until it is loaded again", async () => {
  await run();
  await unloadEndpoint(ctx, { endpointId, reason: "idle" });
  gateway.emit("missed");
  await vi.waitFor(() => expect(core.table.all).toEqual([]), { interval: 20 });
  const { status, json } = await submit();
  expect(status).toBe(202);
  await loadEndpoint(ctx, { endpointId });
  expect((await stateOf(json.id)).state).toBe("queued");
  gateway.emit("missed");
  await untilEnded(json.id, "succeeded");
});

test("answers requests without Postgres, and rejects tasks with Retry-After", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leeway-away-"));
  cpSync(gateway.folder, folder, { recursive: true });
  const nowhere = openDatabase("postgres://127.0.0.1:1/none", { max: 1, name: "leeway-test-away" });
  const away = newTestGateway(nowhere.db, { folder, models: gateway.models });
  const server = createServer(readConfig({}));
  await inferencePlugin(server, { core: away.core, tasks: { artifacts, gatewayUrl, rules: openRules } });
  onTestFinished(async () => {
    await server.close();
    await away.core.stop();
    await nowhere.close();
  });
  await away.core.start();
  await vi.waitFor(() => expect(away.core.unreadyReason).toBeUndefined(), { interval: 20 });
  const post = (url: string) => server.inject({ method: "POST", url, headers: { authorization }, payload: request });
  expect((await post("/v2/models/digits/infer")).statusCode).toBe(200);
  const refused = await post("/v2/models/digits/tasks");
  expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "2"]);
  expect(refused.json().error).toContain("database is currently unavailable");
});

test("hides a task from another token", async () => {
  const { json } = await submit();
  const other = { authorization: `Bearer ${await newToken(ctx)}` };
  expectError(await call({ path: `/v2/tasks/${json.id}`, headers: other }), 404, /Task not found/);
  const reader = { authorization: `Bearer ${await newToken(ctx, ["infer", "serving:read"])}` };
  expect((await call({ path: `/v2/tasks/${json.id}`, headers: reader })).status).toBe(200);
});
