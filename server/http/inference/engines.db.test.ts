import { eq } from "drizzle-orm";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { auditEvents, gameDays, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer } from "#server/http/server.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { Cascade } from "#server/serve/cascade/contract.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { FieldContract, Protection } from "#server/serve/protection/contract.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { newRunningGameDay } from "#server/testing/fixtures/drills/running-game-day.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { faultyWay } from "#server/testing/fixtures/serving/engines/testing.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { inferencePlugin } from "./plugin.ts";

const rules = { allowsPrivate: true };

/** Starts a gateway on its own database, served over HTTP. */
async function newGateway(port?: number) {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  const app = createServer(readConfig({}));
  await inferencePlugin(app, { core: gateway.core });
  const url = port === undefined ? "" : await app.listen({ port, host: "127.0.0.1" });
  afterAll(async () => {
    await app.close();
    await gateway.close();
  });
  return { db, ctx, gateway, app, url, authorization: `Bearer ${await newToken(ctx)}` };
}

// The engine is another Leeway, which serves the model "net".
const engine = await newGateway(0);
const { id: netId } = await createEndpoint(engine.ctx, { name: "net" });
await newVersion(engine.ctx, {}, engine.gateway.models);
await deployVersion(engine.ctx, { endpointId: netId, model: "digits", version: 1 });
await engine.gateway.core.start();
await vi.waitFor(() => expect(engine.gateway.core.unreadyReason).toBeUndefined());
const way = await faultyWay(new URL(engine.url));
afterAll(() => way.close());

const front = await newGateway();
const { ctx, gateway, app, authorization } = front;
const { core } = gateway;
await newVersion(ctx, {}, gateway.models);
await newVersion(ctx, { version: 2, bytes: mlpModel([5, 3]), signature: wide() }, gateway.models);
await newVersion(ctx, { version: 3, inspection: "unservable", signature: mlpSignature });
await core.start();
const header = { name: "Authorization", value: engine.authorization };
const net = { url: way.url, model: "net", timeoutMs: 400, header };

function wide() {
  return { ...mlpSignature, inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 5] }] };
}

let made = 0;

/** Creates an endpoint whose version runs on the engine, and waits until it serves. */
async function serving(
  name: string,
  { version = 1, before }: { version?: number; before?(id: string): Promise<unknown> } = {},
) {
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 1 });
  await before?.(endpointId);
  // Endpoints with the same settings share an engine and its circuit breaker; a different timeout makes it a different engine.
  const own = { ...net, timeoutMs: net.timeoutMs + made };
  made += 1;
  await deployVersion(ctx, { endpointId, model: "digits", version, engine: own }, rules);
  gateway.emit("missed");
  await results(name);
  return endpointId;
}

const results = (name: string, status = 200) =>
  vi.waitFor(async () => expect((await ready(name)).statusCode).toBe(status), { interval: 50 });

const ready = (name: string) => app.inject({ url: `/v2/models/${name}/ready`, headers: { authorization } });

async function infer(name: string, data: unknown[] = [1, 2, 3, 4], parameters?: object) {
  const response = await app.inject({
    method: "POST",
    url: `/v2/models/${name}/infer`,
    headers: { authorization },
    payload: {
      inputs: [{ name: "x", shape: [1, data.length], datatype: "FP32", data }],
      ...(parameters && { parameters }),
    },
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

const metric = (name: string) => gateway.registry.getSingleMetricAsString(name);

beforeEach(() => {
  way.fault = "none";
});

test("returns the same predictions from an engine as locally, labelled, counted and logged", async () => {
  const endpointId = await serving("plain");
  const { id: localId } = await createEndpoint(ctx, { name: "local" });
  await deployVersion(ctx, { endpointId: localId, model: "digits", version: 1 });
  gateway.emit("missed");
  await results("local");
  const remote = await infer("plain");
  expect(remote.status).toBe(200);
  expect(remote.body.outputs).toEqual((await infer("local")).body.outputs);
  expect(remote.body.parameters.provider).toBe("remote leeway");
  expect(remote.headers["leeway-provider"]).toBe("remote leeway");
  expect(way.seen.at(-1)).toMatchObject({
    path: "/v2/models/net/infer",
    headers: { authorization: engine.authorization, "content-type": "application/octet-stream" },
  });
  await core.flush();
  const [logged] = await front.db.select().from(predictions).where(eq(predictions.endpointId, endpointId));
  expect(logged).toMatchObject({ provider: "remote leeway", status: 200 });
  expect(logged?.outputs).toHaveLength(1);
  expect(await metric("leeway_engine_requests_total")).toMatch(/endpoint="plain".*engine="leeway"} [1-9]/);
  expect(await metric("leeway_engine_circuit")).toMatch(/endpoint="plain".*} 0/);
  await vi.waitFor(async () => {
    const shown = await getEndpoint(ctx, { name: "plain" });
    expect(shown.gateways[0]?.versions[0]).toMatchObject({
      engine: { name: "leeway", circuit: "closed", isBinary: true },
    });
    expect(JSON.stringify(shown)).not.toContain(engine.authorization);
  });
  const audited = await front.db.select().from(auditEvents).where(eq(auditEvents.subject, "endpoint/plain"));
  expect(JSON.stringify(audited)).toContain(way.url);
  expect(JSON.stringify(audited)).not.toContain(engine.authorization);
});

test("applies the cache and the input contract in front of an engine", async () => {
  await serving("guarded", {
    before: async (endpointId) => {
      await setCache(ctx, { endpointId, cache: CacheSettings.parse({ ttlSeconds: 60 }) });
      const fields = [FieldContract.parse({ input: "x", maximum: 10 })];
      await setProtection(ctx, { endpointId, protection: Protection.parse({ fields }) });
    },
  });
  expect((await infer("guarded")).headers["leeway-cache"]).toBe("miss");
  const seen = way.seen.length;
  expect((await infer("guarded")).headers["leeway-cache"]).toBe("hit");
  expect((await infer("guarded", [1, 2, 3, 11])).status).toBe(400);
  expect(way.seen).toHaveLength(seen);
});

test("serves a version without an ONNX file from an engine by its signature", async () => {
  await serving("fileless", { version: 3 });
  expect((await infer("fileless")).body.outputs[0]).toMatchObject({ name: "y", shape: [1, 3] });
});

test("runs a version without an ONNX file as a cascade step on its last engine", async () => {
  await serving("elsewhere", { version: 3 });
  const { id: endpointId } = await createEndpoint(ctx, { name: "cascaded" });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const rules = { tag: { parameter: "tier", equals: "gold" } };
  const next = [{ model: "digits", version: 3 }];
  await setCascade(ctx, { endpointId, cascade: Cascade.parse({ rules, next }) });
  gateway.emit("missed");
  await vi.waitFor(
    async () => {
      const { status, headers, body } = await infer("cascaded", [1, 2, 3, 4], { tier: "gold" });
      expect({
        status,
        path: decodeURI(String(headers["leeway-cascade"])),
        provider: body.parameters?.provider,
      }).toEqual({
        status: 200,
        path: "digits v1=tag, digits v3=answered",
        provider: "remote leeway",
      });
    },
    { timeout: 20_000 },
  );
  expect((await infer("cascaded")).body.parameters.provider).toBe("cpu");
  expect(await metric("leeway_engine_requests_total")).toMatch(/endpoint="cascaded",model="digits",version="3"/);
});

test("treats the engine as unreachable while a game day says so, and falls back where it can", async () => {
  const endpointId = await serving("away");
  const other = await serving("beside");
  expect(other).not.toBe(endpointId);
  const spans = { startedAt: new Date(Date.now() - 300_000) };
  const day = await newRunningGameDay(ctx, endpointId, { kind: "engine-away" }, spans);
  await core.faults.refresh();
  const calls = way.seen.length;
  const refused = await infer("away");
  expect([refused.status, refused.body.error]).toEqual([
    503,
    "The engine leeway is unreachable on purpose, by game day GD-7.",
  ]);
  expect(refused.headers["x-leeway-game-day"]).toBe("GD-7");
  expect(way.seen.length).toBe(calls);
  expect((await infer("beside")).status).toBe(200);
  await newVersion(ctx, { model: "spare" }, gateway.models);
  const cascade = Cascade.parse({ rules: { onError: true }, next: [{ model: "spare", version: 1 }] });
  await setCascade(ctx, { endpointId, cascade });
  gateway.emit("missed");
  await vi.waitFor(async () => expect((await infer("away")).status).toBe(200), { timeout: 20_000 });
  const { headers } = await infer("away");
  expect([decodeURI(String(headers["leeway-cascade"])), headers["x-leeway-game-day"]]).toEqual([
    "digits v1=error, spare v1=answered",
    "GD-7",
  ]);
  await front.db.update(gameDays).set({ state: "ended" }).where(eq(gameDays.id, day.id));
  await core.faults.refresh();
  expect((await infer("away")).body.parameters.provider).toBe("remote leeway");
});

test("does not deploy an engine with a different model, and reports the difference", async () => {
  const endpointId = await serving("changing");
  await deployVersion(ctx, { endpointId, model: "digits", version: 2, engine: net }, rules);
  gateway.emit("missed");
  await vi.waitFor(
    async () => {
      const { serving } = await getEndpoint(ctx, { name: "changing" });
      expect(serving.message).toContain("The input 'x' has shape [-1,5] in the version but [-1,4] on the engine.");
      expect(serving.kind).toBe("degraded");
    },
    { timeout: 20_000 },
  );
  expect((await infer("changing")).headers["leeway-model-version"]).toBe("1");
});

test("stops waiting for a slow engine at its timeout or at the caller's, and does not retry", async () => {
  await serving("slow");
  way.fault = "slow";
  const seen = way.seen.length;
  const late = await infer("slow");
  expect(late).toMatchObject({ status: 504, body: { error: expect.stringContaining("did not respond within 4") } });
  const impatient = await infer("slow", [1, 2, 3, 4], { timeout: 50_000 });
  expect(impatient).toMatchObject({
    status: 504,
    body: { error: expect.stringMatching(/Deadline exceeded: .* \d+ ms/) },
  });
  expect(way.seen).toHaveLength(seen + 2);
});

test("retries after 503 with Retry-After and after a lost connection, but not after a rejection", async () => {
  await serving("odd");
  for (const fault of ["busy-once", "hang-up-once"] as const) {
    const seen = way.seen.length;
    way.fault = fault;
    expect((await infer("odd")).status).toBe(200);
    expect(way.seen).toHaveLength(seen + 2);
  }
  expect(await metric("leeway_engine_retries_total")).toMatch(/endpoint="odd".*} 2/);
  way.fault = "refusal";
  expect(await infer("odd")).toMatchObject({ status: 400, body: { error: expect.stringContaining("too odd") } });
});

test("stops calling an engine after five errors, reports that, and tries it again later", async () => {
  await serving("failing");
  way.fault = "error";
  for (let round = 0; round < 5; round += 1) {
    expect(await infer("failing")).toMatchObject({
      status: 500,
      body: { error: expect.stringContaining("out of luck") },
    });
  }
  const seen = way.seen.length;
  const refused = await infer("failing");
  expect(refused).toMatchObject({ status: 503, headers: { "retry-after": expect.stringMatching(/^\d+$/) } });
  expect(way.seen).toHaveLength(seen);
  expect((await ready("failing")).statusCode).toBe(503);
  expect(await metric("leeway_engine_circuit")).toMatch(/endpoint="failing".*} 2/);
  way.fault = "none";
  await vi.waitFor(async () => expect((await infer("failing")).status).toBe(200), { interval: 100 });
  expect(await metric("leeway_engine_circuit")).toMatch(/endpoint="failing".*} 0/);
});

test("returns 503 for an unreachable engine, and serves again when it is back", async () => {
  await serving("gone");
  await way.close();
  const response = await infer("gone");
  await way.open();
  expect(response).toMatchObject({ status: 503, body: { error: expect.stringContaining("is unreachable") } });
  await vi.waitFor(async () => expect((await infer("gone")).status).toBe(200), { interval: 100 });
});

test("does not call an engine in a private network when that is forbidden", async () => {
  const { db } = await freshDatabase();
  const own = await newWorkspace(db);
  const strict = newTestGateway(db, { engineRules: { allowsPrivate: false } });
  const { id: endpointId } = await createEndpoint(own, { name: "net" });
  await newVersion(own, {}, strict.models);
  await deployVersion(own, { endpointId, model: "digits", version: 1, engine: net }, rules);
  await strict.core.start();
  const wanted = () => strict.core.table.find(own.actor.workspaceId, "net")?.wanted;
  await vi.waitFor(() => expect(wanted()?.message).toContain("ENGINE_PRIVATE_ADDRESSES"));
  await strict.close();
});
