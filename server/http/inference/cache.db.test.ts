import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { getCache } from "#server/serve/cache/cache-queries.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
await newVersion(ctx, {}, gateway.models);
await newVersion(ctx, { version: 2 }, gateway.models);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 0 });
const settings = CacheSettings.parse({ ttlSeconds: 3600, coalesces: true });
await setCache(ctx, { endpointId, cache: settings });
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
const { id: plainId } = await createEndpoint(ctx, { name: "plain", captureShare: 0 });
await deployVersion(ctx, { endpointId: plainId, model: "digits", version: 1 });
const authorization = `Bearer ${await newToken(ctx)}`;
const app = await serveInference(gateway, { MAX_REQUEST_BYTES: "1024" });

const infer = async (data: unknown[], headers: Record<string, string> = {}, name = "digits") => {
  const response = await app.inject({
    method: "POST",
    url: `/v2/models/${name}/infer`,
    headers: { authorization, ...headers },
    payload: JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data }] }),
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
};

test("serves a repeated request from the cache, marks it, and counts it separately", async () => {
  const first = await infer([1, 2, 3, 4]);
  const second = await infer([[1, 2, 3, 4]]);
  expect(first.headers["leeway-cache"]).toBe("miss");
  expect(first.body.parameters.cache).toBeUndefined();
  expect(second.headers).toMatchObject({ "leeway-cache": "hit", age: "0" });
  expect(second.body.parameters.cache).toBe("hit");
  expect(second.body.outputs).toEqual(first.body.outputs);
  expect((await infer([1, 2, 3, 4], { "cache-control": "no-cache" })).headers["leeway-cache"]).toBe("miss");
  expect((await infer([1, 2, 3])).status).toBe(400);
  expect((await infer([1, 2, 3])).status).toBe(400);
  await gateway.core.flush();
  const rows = await db.select().from(servingWindows).where(eq(servingWindows.endpointId, endpointId));
  const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0);
  expect(sum((row) => row.requests)).toBe(4);
  expect(sum((row) => row.cacheHits)).toBe(1);
  expect(sum((row) => Object.values(row.latencyBuckets as Record<string, number>).reduce((a, b) => a + b, 0))).toBe(2);
  const exposed = await gateway.registry.getSingleMetricAsString("leeway_coalesced_responses_total");
  expect(exposed).toMatch(/model="digits".*source="cache"} 1/);
});

test("runs the model once for identical concurrent requests", async () => {
  const predictions = await Promise.all([5, 5, 5, 5].map((value) => infer([value, 0, 0, 0])));
  expect(predictions.map(({ headers }) => headers["leeway-cache"]).sort()).toEqual([
    "coalesced",
    "coalesced",
    "coalesced",
    "miss",
  ]);
  expect(new Set(predictions.map(({ body }) => JSON.stringify(body.outputs))).size).toBe(1);
  expect(predictions.filter(({ body }) => body.parameters.cache === "coalesced")).toHaveLength(3);
});

test("returns no cache headers for an endpoint without a cache", async () => {
  await infer([1, 2, 3, 4], {}, "plain");
  const again = await infer([1, 2, 3, 4], {}, "plain");
  expect(again.headers["leeway-cache"]).toBeUndefined();
  expect(again.body.parameters.cache).toBeUndefined();
});

test("misses the cache for another version", async () => {
  await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
  gateway.emit("missed");
  await vi.waitFor(() => expect(gateway.core.version(ctx, "digits").endpoint.serving?.model.version).toBe(2));
  const response = await infer([1, 2, 3, 4]);
  expect(response.headers).toMatchObject({ "leeway-cache": "miss", "leeway-model-version": "2" });
});

test("returns cache hits and coalesced requests next to requests in the series", async () => {
  const windowStart = new Date(Date.now() - 60_000);
  const { workspaceId } = ctx.actor;
  const zero = { failures: {}, latencySumMs: 0, queueSumMs: 0, computeSumMs: 0, latencyBuckets: {}, rows: 0 };
  await db.insert(servingWindows).values({
    workspaceId,
    endpointId: plainId,
    versionId: crypto.randomUUID(),
    arm: "stable",
    gatewayId: "g",
    windowStart,
    requests: 3,
    cacheHits: 7,
    coalesced: 2,
    ...zero,
  });
  const span = { from: new Date(Date.now() - 120_000), to: new Date(), stepSeconds: 10 };
  const { total } = await getEndpointSeries(ctx, { endpointId: plainId, ...span });
  expect(total).toMatchObject({ requests: 3, cacheHits: 7, coalesced: 2 });
});

test("stores complete settings, forbids viewers to change them, and rejects a TTL that is too short", async () => {
  expect(await getCache(ctx, { endpointId })).toEqual(settings);
  const viewer = { ...ctx, actor: { ...ctx.actor, role: "viewer" as const } };
  await expect(setCache(viewer, { endpointId, cache: settings })).rejects.toMatchObject({ code: "forbidden" });
  expect(() => CacheSettings.parse({ ttlSeconds: 0 })).toThrow("Must be at least 1 second");
});
