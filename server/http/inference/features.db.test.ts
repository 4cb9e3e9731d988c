import { and, desc, eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { featureUses, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { DefineFeatureView } from "#server/develop/features/contract.ts";
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
import { TaskSettings } from "#server/serve/tasks/contract.ts";
import { setTaskSettings } from "#server/serve/tasks/set-task-settings.ts";
import { submitTask } from "#server/serve/tasks/submit-task.ts";
import { TaskRunner } from "#server/serve/tasks/task-runner.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { serveInference } from "#server/testing/fixtures/http/inference/testing.ts";
import { newRollout } from "#server/testing/fixtures/serving/rollout/testing.ts";
import { countBytes } from "#server/testing/fixtures/serving/rollout/testing-scene.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { gatewayUrl, newStore, openRules, rowOf as taskOf } from "#server/testing/fixtures/serving/tasks/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { knownErrorResponse } from "./errors.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const authorization = `Bearer ${await newToken(ctx)}`;

const personal: DefineFeatureView = {
  ...driverStats,
  features: [
    { name: "conv_rate", type: "float32" },
    { name: "acc_rate", type: "float32", tags: { pii: "" } },
    { name: "avg_daily_trips", type: "int64" },
  ],
};
await newDriverStats(ctx, personal);
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
/** Serves version 1, and lets version 2, with another part, run copies of all requests. */
async function mirror(part: Part, named: typeof columns = columns) {
  const served = await serve({});
  const { id: canaryVersionId } = await newVersion(ctx, { model: served.name, version: 2 }, gateway.models);
  const { before } = pipelineOf(part);
  const pipeline = { before: [before[0], { ...before[1], columns: named }] };
  await setPipeline(ctx, { name: served.name, version: 2, pipeline: pipeline as never });
  const { endpointId } = served;
  const plan = { steps: [{ weight: 0, shadowShare: 1 }], guardrails: [{ metric: "errors" as const }] };
  const frozen = { slowMs: 30_000 };
  const { id: rolloutId } = await newRollout(ctx, { endpointId, canaryVersionId, weight: 0, plan, frozen });
  return { ...served, ctx, gateway, rolloutId };
}
const mirrored = await mirror({});
await defineFeatureView(ctx, {
  name: "driver_ratings",
  entities: ["driver"],
  features: [{ name: "rating", type: "float32" }],
});
const rated = await mirror({ features: [...references.slice(0, 2), "driver_ratings:rating"] }, [
  ...columns.slice(0, 2),
  { name: "rating", datatype: "FP32" },
  ...columns.slice(3),
]);
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

/** Sends a request and waits until its copy was compared or dropped. @returns pairs and events of errors, and why copies were dropped */
async function copied(fixture: typeof mirrored, driver: number) {
  const dropped = async () => {
    const text = await gateway.registry.getSingleMetricAsString("leeway_shadow_dropped_total");
    const lines = text.split("\n").filter((line) => line.includes(`"${fixture.name}"`));
    return lines.map((line) => [/reason="(.*?)"/.exec(line)?.[1], Number(line.split(" ").pop())]);
  };
  const state = async () => ({ pairs: (await countBytes(fixture))["errors pair"] ?? "0/0", dropped: await dropped() });
  const before = await state();
  expect((await infer(fixture.name, keysOf(driver))).statusCode).toBe(200);
  await expect.poll(state, { timeout: 10_000 }).not.toEqual(before);
  return state();
}

test("gives the copy of a rollout the values that the live request got, looked up once", async () => {
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined());
  const find = vi.spyOn(gateway.core.lookUps, "find");
  expect(await copied(mirrored, 1001)).toEqual({ pairs: "1/0", dropped: [] });
  expect(find).toHaveBeenCalledOnce();
  await gateway.core.flush();
  const rows = await db.select().from(predictions).where(eq(predictions.endpointId, mirrored.endpointId));
  const [live, copy] = ["stable", "shadow"].map((arm) => rows.find((row) => row.arm === arm));
  expect(live?.features).toMatchObject({ views: [{ features: [{ values: [0.5] }, {}, { values: [7] }] }] });
  expect([copy?.status, copy?.features, copy?.inputs]).toEqual([200, live?.features, live?.inputs]);
});

test("counts no error of the new version for a copy whose own look-up fails or is refused", async () => {
  await writeFeatures(ctx, {
    view: "driver_ratings",
    columns: { driver_id: [1001], rating: [4.5], event_timestamp: [minutesAgo(1)] },
  });
  expect(await copied(rated, 1001)).toEqual({ pairs: "1/0", dropped: [] });
  await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1005, minutesAgo(1), 7]]) });
  // No rating was ever written: a mistake in the request, as it would be of a client.
  expect(await copied(rated, 1005)).toEqual({ pairs: "2/0", dropped: [] });
  const find = gateway.core.lookUps.find.bind(gateway.core.lookUps);
  vi.spyOn(gateway.core.lookUps, "find").mockImplementation(async (...asked) =>
    asked[1].views.some(({ view }) => view === "driver_ratings") ? undefined : find(...asked),
  );
  expect(await copied(rated, 1001)).toEqual({ pairs: "2/0", dropped: [["features_missing", 1]] });
  await gateway.core.flush();
  const rows = await db.select().from(predictions).where(eq(predictions.endpointId, rated.endpointId));
  const statuses = rows.filter(({ arm }) => arm === "shadow").map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 422, 503]);
});

test("looks up features for asynchronous requests, by their policy", async () => {
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined());
  const artifacts = await newStore();
  const { endpointId } = strict;
  await setTaskSettings(ctx, { endpointId, settings: TaskSettings.parse({ tries: 1 }) });
  const submit = async (driver: number) => {
    const body = Buffer.from(JSON.stringify({ inputs: keysOf(driver) }));
    return (await submitTask(ctx, { endpointId, body }, undefined, { artifacts, rules: openRules })).id;
  };
  const ids = [await submit(1001), await submit(1002), await submit(4711)];
  const feed = { subscribe: () => () => {} };
  const runner = new TaskRunner({ core: gateway.core, db, artifacts, feed, gatewayUrl, explain: knownErrorResponse });
  onTestFinished(() => runner.stop(5));
  await runner.start();
  const tasks = () => Promise.all(ids.map((id) => taskOf(ctx, id)));
  const states = async () => (await tasks()).map(({ state }) => state);
  await expect.poll(states, { timeout: 20_000 }).toEqual(["succeeded", "failed", "failed"]);
  const [found, stale, unknown] = await tasks();
  const result = JSON.parse(String(found?.result));
  expect(result.outputs[0].data).toEqual(await directly(0.5, 0.25, 7, 8));
  const age = JSON.parse(result.parameters.leeway_features).driver_stats.age_ms;
  expect([age >= 60_000, stale?.errorStatus, unknown?.errorStatus]).toEqual([true, 503, 422]);
  await gateway.core.flush();
  const [logged] = await db
    .select()
    .from(predictions)
    .where(eq(predictions.requestId, found?.id ?? ""));
  const { servedAt, views } = ServedFeatures.parse(logged?.features);
  const [row] = views[0]?.rows ?? [];
  expect([logged?.status, Math.ceil((servedAt - (row?.eventAt ?? 0)) / 1000)]).toEqual([200, age]);
  expect(views[0]?.features[0]).toMatchObject({ name: "conv_rate", values: [0.5], statuses: ["PRESENT"] });
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

test("redacts a feature from the moment when it is tagged as personal", async () => {
  const valuesOf = async () => {
    await infer(imputing.name, keysOf(1001));
    const prediction = await logged(imputing.endpointId);
    const { views } = ServedFeatures.parse(prediction?.features);
    const sent = prediction?.inputs as { name: string; data?: unknown }[];
    return [views[0]?.features[0]?.values, sent.find(({ name }) => name === "conv_rate")?.data];
  };
  expect(await valuesOf()).toEqual([[0.5], [0.5]]);
  const features = personal.features.map((feature) => ({ ...feature, tags: { pii: "" } }));
  await defineFeatureView(ctx, { ...personal, features });
  gateway.emit("missed");
  await vi.waitFor(async () => expect(await valuesOf()).toEqual([[null], undefined]), { timeout: 10_000 });
});

test("cannot be set or deployed without the features", async () => {
  const { name, endpointId } = await serve({});
  await newVersion(ctx, { model: name, version: 2 }, gateway.models);
  const set = (part: Part) => setPipeline(ctx, { name, version: 2, pipeline: pipelineOf(part) as never });
  await expect(set({ features: ["nowhere:conv_rate"] })).rejects.toThrow(/Feature view "nowhere" not found/);
  await expect(set({ features: ["driver_stats:rating"] })).rejects.toThrow(/has no feature "rating"/);
  await expect(set({ keys: { car_id: "car" } })).rejects.toThrow(/looked up by the key "car_id"/);
  await expect(set({ defaults: { conv_rate: "none" } })).rejects.toThrow(/default of "conv_rate" is not FP32/);
  await set({});
  const [, ...rest] = driverStats.features;
  await defineFeatureView(ctx, { ...driverStats, features: rest, force: "test" });
  await expect(deployVersion(ctx, { endpointId, model: name, version: 2 })).rejects.toThrow(
    /"driver_stats" no longer has the feature "conv_rate"/,
  );
  expect((await getPipeline(ctx, { name, version: 2 })).featureProblems).toEqual([
    'The feature view "driver_stats" no longer has the feature "conv_rate".',
  ]);
});
