import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { loadTestSteps, loadTests, predictions, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { cancelLoadTest } from "#server/serve/load-test/cancel-load-test.ts";
import { LoadTestSettings } from "#server/serve/load-test/contract.ts";
import { loadTestKey, signLoadTest } from "#server/serve/load-test/credential.ts";
import { getLoadTest } from "#server/serve/load-test/queries.ts";
import { runLoadTest } from "#server/serve/load-test/run-load-test.ts";
import { startLoadTest } from "#server/serve/load-test/start-load-test.ts";
import { Protection } from "#server/serve/protection/contract.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
await newVersion(ctx, {}, gateway.models);
const { id: versionId } = await newVersion(ctx, { version: 2 }, gateway.models);
// All predictions would be logged and cached, and the token has a low rate limit.
const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 1 });
await setCache(ctx, { endpointId, cache: CacheSettings.parse({ ttlSeconds: 3600, coalesces: true }) });
await setProtection(ctx, { endpointId, protection: Protection.parse({ requestsPerSecond: 1 }) });
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
const authorization = `Bearer ${await newToken(ctx)}`;
const app = await serveInference(gateway);
const gatewayUrl = await app.listen({ port: 0, host: "127.0.0.1" });

// However busy the machine is, all steps are measured.
const ramp = { stepSeconds: 5, seed: 7, endsAtSaturation: false, timeoutMs: 30_000 };
const settings = LoadTestSettings.parse({ rates: [20, 40], ...ramp });
const body = { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] };
const call = (path: string, headers: Record<string, string>) =>
  app.inject({ method: "POST", url: `/v2/models/digits${path}/infer`, headers, payload: body });

async function credential(change: object = {}): Promise<Record<string, string>> {
  const claim = {
    loadTestId: endpointId,
    workspaceId: ctx.actor.workspaceId,
    endpoint: "digits",
    versionId,
    expiresAt: Date.now() + 60_000,
    ...change,
  };
  return { authorization: `Bearer ${signLoadTest(claim, await loadTestKey(db))}` };
}

test("measures a version that is not deployed, without any trace in live statistics", async () => {
  const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
  gateway.emit("missed");
  const running = runLoadTest(ctx, id, { gatewayUrl });
  await vi.waitFor(async () => expect((await call("", await credential())).statusCode).toBe(200));
  // Only the test reaches the version, and receives timings; for other callers the first one continues to serve.
  const own = await call("", await credential());
  expect(own.headers).toMatchObject({
    "leeway-model-version": "2",
    "server-timing": expect.stringMatching(/^queue;dur=/),
  });
  expect(own.headers["leeway-cache"]).toBeUndefined();
  expect((await call("/versions/2", { authorization })).statusCode).toBe(404);
  const live = await call("", { authorization });
  expect(live.headers["leeway-model-version"]).toBe("1");
  expect(live.headers["server-timing"]).toBeUndefined();
  await running;
  const done = await getLoadTest(ctx, { endpointId, id });
  expect(done).toMatchObject({ state: "done", message: null });
  expect(done.steps.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([20, 40]);
  for (const { due, succeeded, failures, latencyMs, queueMsMean, computeMsMean } of done.steps) {
    expect(due).toBeGreaterThan(40);
    expect(failures).toEqual({});
    expect(succeeded).toBe(due);
    expect(latencyMs?.p95.value).toBeGreaterThan(0);
    expect(queueMsMean).toBeGreaterThanOrEqual(0);
    expect(computeMsMean).toBeGreaterThan(0);
  }
  await gateway.core.flush();
  const windows = await db.select().from(servingWindows);
  expect(windows.reduce((sum, { requests, cacheHits }) => sum + requests + cacheHits, 0)).toBe(1);
  expect(windows.every((window) => window.versionId !== versionId)).toBe(true);
  expect((await db.select().from(predictions)).every((kept) => kept.versionId !== versionId)).toBe(true);
  const counted = await gateway.registry.getSingleMetricAsString("leeway_inference_requests_total");
  expect(counted).toMatch(/version="2",arm="loadtest",provider="cpu",code="200".*\} [1-9]\d\d/);
  // The version leaves the gateways with the test.
  gateway.emit("missed");
  await vi.waitFor(async () => expect((await call("", await credential())).statusCode).toBe(503));
}, 60_000);

test("stops within seconds when cancelled, and keeps the finished steps", async () => {
  const long = LoadTestSettings.parse({ rates: [10, 20, 30, 40], ...ramp });
  const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings: long });
  gateway.emit("missed");
  const running = runLoadTest(ctx, id, { gatewayUrl });
  const steps = async () => (await getLoadTest(ctx, { endpointId, id })).steps.length;
  await vi.waitFor(async () => expect(await steps()).toBe(1));
  await cancelLoadTest(ctx, { endpointId, id });
  await running;
  expect(await getLoadTest(ctx, { endpointId, id })).toMatchObject({ state: "cancelled" });
  expect(await steps()).toBeLessThanOrEqual(2);
}, 60_000);

test("resumes with the first unmeasured step on another runner", async () => {
  const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
  const [before] = await db.select().from(loadTests).where(eq(loadTests.state, "done")).limit(1);
  const { steps } = await getLoadTest(ctx, { endpointId, id: before?.id ?? "" });
  const measured = { ...steps[0], due: 12_345 };
  await db
    .insert(loadTestSteps)
    .values({ loadTestId: id, workspaceId: ctx.actor.workspaceId, position: 0, measured: measured as never });
  gateway.emit("missed");
  await runLoadTest(ctx, id, { gatewayUrl });
  const done = await getLoadTest(ctx, { endpointId, id });
  expect(done).toMatchObject({ state: "done", steps: [{ due: 12_345 }, { requestsPerSecond: 40 }] });
}, 60_000);

test("rejects an expired, forged or foreign load-test credential", async () => {
  expect((await call("", await credential({ expiresAt: Date.now() - 1 }))).statusCode).toBe(401);
  const { authorization: good = "" } = await credential();
  expect((await call("", { authorization: `${good}x` })).statusCode).toBe(401);
  expect((await call("", await credential({ endpoint: "other" }))).statusCode).toBe(403);
  const another = await newWorkspace(db);
  const elsewhere = await credential({ workspaceId: another.actor.workspaceId });
  expect((await call("", elsewhere)).statusCode).toBe(404);
});
