import { and, desc, eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { featureUses, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { Cascade } from "#server/serve/cascade/contract.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { ServedFeatures } from "#server/serve/features/contract.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { serveInference } from "#server/testing/fixtures/http/inference/testing.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const authorization = `Bearer ${await newToken(ctx)}`;

await newDriverStats(ctx, {
  features: [
    { name: "conv_rate", type: "float32" },
    { name: "acc_rate", type: "float32", tags: { pii: "" } },
    { name: "avg_daily_trips", type: "int64" },
  ],
});
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
await writeFeatures(ctx, {
  view: "driver_stats",
  columns: driverRows([
    [1001, minutesAgo(1), 7],
    [1002, minutesAgo(3 * 24 * 60), 9],
    [1003, minutesAgo(2), null],
  ]),
});

type Part = Record<string, unknown>;
const columns = [
  { name: "conv_rate", datatype: "FP32" },
  { name: "acc_rate", datatype: "FP32" },
  { name: "avg_daily_trips", datatype: "FP64" },
  { name: "hour", datatype: "FP32" },
];
const references = ["driver_stats:conv_rate", "driver_stats:acc_rate", "driver_stats:avg_daily_trips"];
const pipelineOf = (part: Part) => ({
  before: [
    // Tests run on busy machines.
    { kind: "features", features: references, withinMs: 10_000, ...part },
    { kind: "columns", columns, into: "x" },
  ],
});

let made = 0;
/** Deploys a model of four numbers that gets three of them by key. */
async function serve(part: Part, { captureShare = 1 } = {}) {
  made += 1;
  const name = `trips-${made}`;
  const version = await newVersion(ctx, { model: name }, gateway.models);
  await setPipeline(ctx, { name, version: 1, pipeline: pipelineOf(part) as never });
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare });
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
  return { name, endpointId, versionId: version.id };
}

const strict = await serve({});
const flagged = await serve({ policy: { stale: "flag", missing: "flag", unknown: "flag" } });
const imputing = await serve({
  policy: { stale: "impute", missing: "impute", unknown: "impute" },
  defaults: { conv_rate: 0.12, acc_rate: 0.34, avg_daily_trips: 3 },
  override: false,
});
const cached = await serve({});
await setCache(ctx, { endpointId: cached.endpointId, cache: { ttlSeconds: 60, maxBytes: 1e6, coalesces: true } });
// The first step refuses what is stale, the second imputes it.
const stepped = await serve({});
await newVersion(ctx, { model: stepped.name, version: 2 }, gateway.models);
const second = pipelineOf({ policy: { stale: "impute" }, defaults: { conv_rate: 1, acc_rate: 2, avg_daily_trips: 3 } });
await setPipeline(ctx, { name: stepped.name, version: 2, pipeline: second as never });
await setCascade(ctx, {
  endpointId: stepped.endpointId,
  cascade: Cascade.parse({ rules: { onError: true }, next: [{ model: stepped.name, version: 2 }] }),
});
const app = await serveInference(gateway);
afterEach(() => void vi.restoreAllMocks());

const column = (name: string, datatype: string, data: unknown[]) => ({ name, datatype, shape: [data.length], data });
const keysOf = (...keys: number[]) => [
  column("driver_id", "INT64", keys),
  column(
    "hour",
    "FP32",
    keys.map(() => 8),
  ),
];
const rowOf = (rate: number, acceptance: number, trips: number) => [
  column("conv_rate", "FP32", [rate]),
  column("acc_rate", "FP32", [acceptance]),
  column("avg_daily_trips", "FP64", [trips]),
  column("hour", "FP32", [8]),
];
const infer = (name: string, inputs: object[], headers: Record<string, string> = {}) =>
  app.inject({
    method: "POST",
    url: `/v2/models/${name}/infer`,
    headers: { authorization, ...headers },
    payload: { inputs },
  });
/** What the model gives for the row itself, without the pipeline. */
async function directly(...row: number[]) {
  const response = await infer(strict.name, [{ name: "x", datatype: "FP32", shape: [1, 4], data: row }]);
  return response.json().outputs[0].data;
}
const logged = async (endpointId: string) => {
  await gateway.core.flush();
  const [last] = await db
    .select()
    .from(predictions)
    .where(eq(predictions.endpointId, endpointId))
    .orderBy(desc(predictions.at))
    .limit(1);
  return last;
};
const lookedUp = (response: { json(): { parameters: { leeway_features: string } } }) =>
  JSON.parse(response.json().parameters.leeway_features);

beforeEach(async () => {
  await gateway.core.flush();
});

test("looks up features by key for all rows of a request, and says how old they are", async () => {
  const response = await infer(strict.name, keysOf(1001, 1001));
  expect(response.statusCode, response.body).toBe(200);
  const expected = await directly(0.5, 0.25, 7, 8);
  expect(response.json().outputs[0].data).toEqual([...expected, ...expected]);
  const age = Number(response.headers["leeway-feature-age-ms"]);
  expect(age).toBeGreaterThanOrEqual(60_000);
  expect(age).toBeLessThan(120_000);
  expect(lookedUp(response)).toEqual({ driver_stats: { age_ms: age, status: "PRESENT", source: "asked" } });
});

test("tells clients to send keys, and features as a choice", async () => {
  const response = await app.inject({ url: `/v2/models/${strict.name}`, headers: { authorization } });
  const { pipeline } = response.json();
  expect(pipeline.inputs.map(({ name }: { name: string }) => name)).toEqual(["driver_id", "hour"]);
  expect(pipeline.optional_inputs.map(({ name }: { name: string }) => name)).toEqual([
    "conv_rate",
    "acc_rate",
    "avg_daily_trips",
  ]);
  const plain = await getPipeline(ctx, { name: imputing.name, version: 1 });
  expect(plain.optional).toEqual([]);
});

test("prefers values in the request, and needs no key if all are there", async () => {
  const part = [...keysOf(1001), column("conv_rate", "FP32", [0.75])];
  const response = await infer(strict.name, part);
  expect(response.json().outputs[0].data).toEqual(await directly(0.75, 0.25, 7, 8));
  expect(lookedUp(response).driver_stats.request).toEqual(["conv_rate"]);
  expect((await infer(strict.name, rowOf(0.75, 0.25, 7))).json().outputs[0].data).toEqual(
    await directly(0.75, 0.25, 7, 8),
  );
  const refused = await infer(imputing.name, part);
  expect([refused.statusCode, refused.json().error]).toEqual([
    400,
    "input 'conv_rate' is looked up by key and cannot be sent",
  ]);
});

test("rejects what is stale or missing with 503, and unknown or missing keys with 422", async () => {
  const stale = await infer(strict.name, keysOf(1001, 1002));
  expect([stale.statusCode, stale.json().error]).toEqual([
    503,
    "'conv_rate' of feature view 'driver_stats', row 1: the value is older than the limit of the view",
  ]);
  const missing = await infer(strict.name, keysOf(1003));
  expect([missing.statusCode, missing.json().error]).toEqual([
    503,
    "'avg_daily_trips' of feature view 'driver_stats', row 0: there is no value",
  ]);
  expect((await infer(strict.name, keysOf(4711))).statusCode).toBe(422);
  const keyless = await infer(strict.name, [column("hour", "FP32", [8])]);
  expect([keyless.statusCode, keyless.json().error]).toEqual([
    422,
    "input 'driver_id' is missing; 'conv_rate', 'acc_rate', 'avg_daily_trips' need it",
  ]);
});

test("imputes defaults, and lets flagged values pass", async () => {
  const imputed = await infer(imputing.name, keysOf(1002));
  expect(imputed.json().outputs[0].data).toEqual(await directly(0.12, 0.34, 3, 8));
  expect(lookedUp(imputed).driver_stats).toMatchObject({
    status: "OUTSIDE_MAX_AGE",
    imputed: ["conv_rate", "acc_rate", "avg_daily_trips"],
  });
  const passed = await infer(flagged.name, keysOf(1002));
  expect(passed.json().outputs[0].data).toEqual(await directly(0.5, 0.25, 9, 8));
  expect(lookedUp(passed).driver_stats.status).toBe("OUTSIDE_MAX_AGE");
});

test("looks up once for all steps of a cascade, which see the same values", async () => {
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined());
  const find = vi.spyOn(gateway.core.lookUps, "find");
  const response = await infer(stepped.name, keysOf(1002));
  expect([response.statusCode, response.headers["leeway-cascade"]]).toEqual([
    200,
    `${stepped.name}%20v1=error,%20${stepped.name}%20v2=answered`,
  ]);
  expect(response.json().outputs[0].data).toEqual(await directly(1, 2, 3, 8));
  expect(find).toHaveBeenCalledOnce();
});

test("goes by policy when nothing can be looked up", async () => {
  vi.spyOn(gateway.core.lookUps, "find").mockResolvedValue(undefined);
  const imputed = await infer(imputing.name, keysOf(1001));
  expect(imputed.json().outputs[0].data).toEqual(await directly(0.12, 0.34, 3, 8));
  expect(imputed.headers).not.toHaveProperty("leeway-feature-age-ms");
  const refused = await infer(strict.name, keysOf(1001));
  expect([refused.statusCode, refused.json().error]).toEqual([
    503,
    "'conv_rate' of feature view 'driver_stats', row 0: there is no value",
  ]);
});

test("logs what a request got, without values that are tagged as personal", async () => {
  await infer(imputing.name, keysOf(1001, 4712));
  const prediction = await logged(imputing.endpointId);
  const { views } = ServedFeatures.parse(prediction?.features);
  expect(views).toMatchObject([
    {
      view: "driver_stats",
      version: 1,
      rows: [
        { key: "80000000000003e9", eventAt: expect.any(Number), createdAt: expect.any(Number) },
        { key: "8000000000001268", eventAt: null, createdAt: null, source: "asked" },
      ],
      features: [
        {
          name: "conv_rate",
          values: [0.5, 0.12],
          statuses: ["PRESENT", "NOT_FOUND"],
          sources: ["store", "imputed"],
          isRedacted: false,
        },
        { name: "acc_rate", values: [null, null], isRedacted: true },
        { name: "avg_daily_trips", values: [7, 3], isRedacted: false },
      ],
    },
  ]);
  const inputs = prediction?.inputs as { name: string; data?: unknown; sha256?: string }[];
  expect(inputs.find(({ name }) => name === "conv_rate")?.data).toEqual([0.5, Math.fround(0.12)]);
  expect(inputs.find(({ name }) => name === "acc_rate")).not.toHaveProperty("data");
  expect(inputs.find(({ name }) => name === "x")).not.toHaveProperty("data");
});

test("answers from the response cache only while the rows are the same", async () => {
  const cacheOf = async () => (await infer(cached.name, keysOf(2001))).headers["leeway-cache"];
  const write = (eventAt: string, trips: number) =>
    writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[2001, eventAt, trips]]) });
  await write(minutesAgo(10), 5);
  expect([await cacheOf(), await cacheOf()]).toEqual(["miss", "hit"]);
  // The same values at a later time are another row.
  await write(minutesAgo(5), 5);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect([await cacheOf(), await cacheOf()]).toEqual(["miss", "hit"]);
});

test("records which version of a view a model version uses, so that its features are not removed", async () => {
  const uses = await db
    .select()
    .from(featureUses)
    .where(and(eq(featureUses.userKind, "model-version"), eq(featureUses.userId, strict.versionId)));
  expect(uses).toMatchObject([
    { version: 1, userName: `${strict.name} v1`, features: ["acc_rate", "avg_daily_trips", "conv_rate"] },
  ]);
  const [, ...rest] = driverStats.features;
  const removal = defineFeatureView(ctx, { ...driverStats, features: rest });
  await expect(removal).rejects.toThrow(/would break endpoint trips-1, .*version trips-1 v1/);
});

test("no longer counts an endpoint that was archived, or that serves another version", async () => {
  const usesOf = (endpointId: string) => db.select().from(featureUses).where(eq(featureUses.userId, endpointId));
  const { name, endpointId } = await serve({});
  expect(await usesOf(endpointId)).toMatchObject([{ userKind: "endpoint", userName: name, version: 1 }]);
  await newVersion(ctx, { model: name, version: 2 }, gateway.models);
  await deployVersion(ctx, { endpointId, model: name, version: 2 });
  expect(await usesOf(endpointId)).toEqual([]);
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
  expect(await usesOf(endpointId)).toHaveLength(1);
  await archiveEndpoint(ctx, { endpointId, reason: "over" });
  expect(await usesOf(endpointId)).toEqual([]);
});

test("cannot be set or deployed without the features", async () => {
  const { name, endpointId } = await serve({});
  await newVersion(ctx, { model: name, version: 2 }, gateway.models);
  const set = (part: Part) => setPipeline(ctx, { name, version: 2, pipeline: pipelineOf(part) as never });
  await expect(set({ features: ["nowhere:conv_rate"] })).rejects.toThrow(/There is no feature view "nowhere"/);
  await expect(set({ features: ["driver_stats:rating"] })).rejects.toThrow(/has no feature "rating"/);
  await expect(set({ keys: { car_id: "car" } })).rejects.toThrow(/looked up by the key "car_id"/);
  await expect(set({ defaults: { conv_rate: "none" } })).rejects.toThrow(/default of "conv_rate" is not FP32/);
  await set({});
  const [, ...rest] = driverStats.features;
  await defineFeatureView(ctx, { ...driverStats, features: rest, force: "test" });
  await expect(deployVersion(ctx, { endpointId, model: name, version: 2 })).rejects.toThrow(
    /"driver_stats" no longer has the feature "conv_rate"/,
  );
});
