import { desc, eq, sql } from "drizzle-orm";
import { afterAll, expect, test, vi } from "vitest";
import { modelVersions, registeredModels, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer } from "#server/http/server.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { CaptureSettings } from "#server/serve/capture/contract.ts";
import { setCapture } from "#server/serve/capture/set-capture.ts";
import { Cascade } from "#server/serve/cascade/contract.ts";
import { getCascadeReport } from "#server/serve/cascade/report-queries.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import {
  mlpModel,
  node,
  onnxModel,
  tensorValue,
  weights,
} from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { inferencePlugin } from "./plugin.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const headers = { authorization: `Bearer ${await newToken(ctx)}` };

// The small model returns the probabilities that it is sent; the large one reverses their order.
const shape = ["N", 3];
const signature = {
  ...mlpSignature,
  inputs: [{ name: "x", datatype: "FP32" as const, shape }],
  outputs: [{ name: "y", datatype: "FP32" as const, shape }],
};
const ends = { inputs: [tensorValue("x", "float32", shape)], outputs: [tensorValue("y", "float32", shape)] };
const small = onnxModel({ nodes: [node("Identity", ["x"], ["y"])], ...ends });
const turn = weights("turn", [3, 3], Float32Array.from([0, 0, 1, 0, 1, 0, 1, 0, 0]));
const large = onnxModel({ nodes: [node("MatMul", ["x", "turn"], ["y"])], initializers: [turn], ...ends });
const slow = mlpModel([3, 1500, 1500, 3]);
// Besides the probabilities, a copy of the input.
const twice = {
  ...ends,
  outputs: [...ends.outputs, tensorValue("z", "float32", shape)],
  nodes: [node("Identity", ["x"], ["y"]), node("Identity", ["x"], ["z"])],
};
const outputs = ["y", "z"].map((name) => ({ name, datatype: "FP32" as const, shape }));
for (const version of [1, 2]) {
  const bytes = onnxModel(twice);
  await newVersion(ctx, { model: "twice", version, bytes, signature: { ...signature, outputs } }, gateway.models);
}
for (const [model, bytes] of Object.entries({ small, large, slow, broken: Buffer.from("no model") })) {
  await newVersion(ctx, { model, bytes, signature }, gateway.models);
}
const unsure = { confidence: { output: "y", below: 0.8 } };
const next = [{ model: "large", version: 1 }];
const ids: Record<string, string> = {};
for (const [name, [model, cascade]] of Object.entries<[string, object]>({
  plain: ["small", {}],
  unsure: ["small", { rules: { ...unsure, tag: { parameter: "tier", equals: "gold" } }, next }],
  cached: ["small", { rules: unsure, next }],
  late: ["slow", { rules: { timeoutMs: 5 }, next }],
  failing: ["broken", { rules: { onError: true }, next }],
  alone: ["small", { rules: unsure, next: [{ model: "broken", version: 1 }] }],
  asked: ["twice", { rules: unsure, next: [{ model: "twice", version: 2 }] }],
  compared: ["small", { rules: unsure, next, comparedShare: 1 }],
})) {
  const { id: endpointId } = await createEndpoint(ctx, { name });
  ids[name] = endpointId;
  await setCapture(ctx, { endpointId, capture: CaptureSettings.parse({ share: name === "compared" ? 0 : 1 }) });
  await deployVersion(ctx, { endpointId, model, version: 1 });
  await setCascade(ctx, { endpointId, cascade: Cascade.parse(cascade) });
}
await setCache(ctx, { endpointId: ids.cached as string, cache: CacheSettings.parse({ ttlSeconds: 60 }) });
const app = createServer(readConfig({}));
await inferencePlugin(app, { core: gateway.core });
await gateway.core.start();
const steps = () => gateway.core.table.all.flatMap(({ wanted, next = [] }) => [wanted, ...next]);
await vi.waitFor(() => expect(steps().filter(({ state }) => state === "loading")).toEqual([]));
afterAll(async () => {
  await app.close();
  await gateway.close();
});

const requested: string[] = [];
const infer = async (endpoint: string, rows: number[][], rest: { id?: string; parameters?: object } = {}) => {
  const inputs = [{ name: "x", shape: [rows.length, 3], datatype: "FP32", data: rows.flat() }];
  const url = `/v2/models/${endpoint}/infer`;
  const response = await app.inject({ method: "POST", url, headers, payload: { ...rest, inputs } });
  const { id, outputs, parameters, error } = response.json();
  requested.push(id ?? rest.id);
  const { "leeway-cascade": path, "leeway-cache": cache } = response.headers;
  const read = path === undefined ? undefined : decodeURI(String(path));
  return { status: response.statusCode, data: outputs?.[0]?.data, parameters, path: read, cache, error };
};
/** Lists predictions in the order of their requests: two may finish in the same millisecond, by which they are listed. */
const recorded = async (name: string) => {
  await gateway.core.flush();
  const { predictions } = await listPredictions(ctx, { endpointId: ids[name] as string });
  return predictions.toSorted((one, other) => requested.indexOf(one.requestId) - requested.indexOf(other.requestId));
};
const reportOf = async (name: string) => {
  await gateway.core.flush();
  const span = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 1000) };
  return getCascadeReport(ctx, { endpointId: ids[name] as string, ...span });
};
const sure = [[0.875, 0.125, 0]];
const torn = [[0.625, 0.375, 0]];

test("returns no cascade information without a cascade", async () => {
  const { status, data, parameters, path } = await infer("plain", torn);
  expect({ status, data, path }).toEqual({ status: 200, data: torn[0], path: undefined });
  expect(parameters).not.toHaveProperty("cascade_step");
  expect((await recorded("plain"))[0]?.cascade).toBeNull();
  expect(await reportOf("plain")).toBeUndefined();
});

test("lets the small model respond when confident, and escalates the rest and tagged requests", async () => {
  const first = await infer("unsure", sure, { id: "sure" });
  expect(first).toMatchObject({ status: 200, data: sure[0], parameters: { cascade_step: 1, cascade_model: "small" } });
  expect(first.path).toBe("small v1=answered");
  const second = await infer("unsure", torn, { id: "torn" });
  expect(second).toMatchObject({ status: 200, data: [0, 0.375, 0.625], parameters: { cascade_step: 2 } });
  expect(second.path).toBe("small v1=low-confidence, large v1=answered");
  const third = await infer("unsure", sure, { id: "gold", parameters: { tier: "gold" } });
  expect(third.path).toBe("small v1=tag, large v1=answered");
  const rows = await recorded("unsure");
  expect(rows.map(({ requestId, modelName, answer: response }) => [requestId, modelName, response])).toEqual([
    ["sure", "small", "0"],
    ["torn", "large", "2"],
    ["gold", "large", "2"],
  ]);
  expect(rows[1]?.cascade).toMatchObject([
    { modelName: "small", outcome: "low-confidence", answer: "0", confidence: 0.625 },
    { modelName: "large", outcome: "answered", answer: "2" },
  ]);
});

test("counts each request once, at the version that responded, and escalations separately", async () => {
  const report = await reportOf("unsure");
  expect(report).toMatchObject({ requests: 3, escalatedShare: 2 / 3, problems: [] });
  expect(report?.steps).toMatchObject([
    { modelName: "small", answered: 1, runs: 2, escalated: { "low-confidence": 1, tag: 1 } },
    { modelName: "large", answered: 2, runs: 2, escalated: {} },
  ]);
  const counted = await db
    .select({ model: registeredModels.name, requests: sql`sum(${servingWindows.requests})`.mapWith(Number) })
    .from(servingWindows)
    .innerJoin(modelVersions, eq(modelVersions.id, servingWindows.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(eq(servingWindows.endpointId, ids.unsure as string))
    .groupBy(registeredModels.name)
    .orderBy(desc(registeredModels.name));
  expect(counted).toEqual([
    { model: "small", requests: 1 },
    { model: "large", requests: 2 },
  ]);
  const metrics = await gateway.registry.metrics();
  const escalations = metrics.split("\n").filter((line) => line.startsWith("leeway_cascade_escalations_total"));
  const ofReason = (reason: string) =>
    escalations.find((line) => line.includes('endpoint="unsure"') && line.includes(`reason="${reason}"`));
  expect(ofReason("low-confidence")).toMatch(/ 1$/);
  expect(ofReason("tag")).toMatch(/ 1$/);
});

test("exports the state of every step to Prometheus without duplicate series", async () => {
  const lines = (await gateway.registry.metrics()).split("\n").filter((line) => line && !line.startsWith("#"));
  const series = lines.map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(series.filter((one, index) => series.indexOf(one) !== index)).toEqual([]);
  const find = (name: string, ...labels: string[]) =>
    lines.find((line) => line.startsWith(name) && labels.every((label) => line.includes(label)));
  for (const model of ['model="small"', 'model="large"']) {
    expect(find("leeway_model_load_seconds", 'endpoint="unsure"', model, 'version="1"')).toMatch(/ \d/);
  }
  expect(find("nv_inference_request_success", 'model="unsure"', 'version="1"')).toMatch(/ [1-9]/);
  expect(find("nv_inference_request_success", 'model="unsure/large"', 'version="1"')).toMatch(/ [1-9]/);
  expect(find("nv_inference_exec_count", 'model="asked"', 'version="2"')).toBeUndefined();
  expect(find("nv_inference_exec_count", 'model="asked/twice"', 'version="2"')).toMatch(/ \d/);
});

test("responds without a cascade from a version named in the URL", async () => {
  const inputs = [{ name: "x", shape: [1, 3], datatype: "FP32", data: torn[0] }];
  const url = "/v2/models/unsure/versions/1/infer";
  const addressed = await app.inject({ method: "POST", url, headers, payload: { inputs } });
  expect(addressed.headers).not.toHaveProperty("leeway-cascade");
  expect(addressed.json().outputs[0].data).toEqual(torn[0]);
});

test("checks the probabilities even when the client requests only another output", async () => {
  const inputs = [{ name: "x", shape: [1, 3], datatype: "FP32", data: torn[0] }];
  const payload = { inputs, outputs: [{ name: "z" }] };
  const response = await app.inject({ method: "POST", url: "/v2/models/asked/infer", headers, payload });
  expect(response.headers["leeway-cascade"]).toBe("twice%20v1=low-confidence,%20twice%20v2=answered");
  expect(response.json().outputs).toMatchObject([{ name: "z", data: torn[0] }]);
});

test("escalates when a step exceeds its time limit, within the deadline of the request", async () => {
  const rows = Array.from({ length: 512 }, () => sure[0] as number[]);
  const { status, path, data } = await infer("late", rows);
  expect({ status, path }).toEqual({ status: 200, path: "slow v1=timeout, large v1=answered" });
  expect(data.slice(0, 3)).toEqual([0, 0.125, 0.875]);
});

test("escalates when a step fails to run, but still rejects an invalid request", async () => {
  expect((await infer("failing", sure)).path).toBe("broken v1=error, large v1=answered");
  const wrong = await infer("unsure", [[1, 2, 3, 4]]);
  expect(wrong.status).toBe(400);
  expect(wrong.error).toContain("input 'x'");
});

test("returns the low-confidence prediction when the large model fails, and counts the failure there", async () => {
  const { status, data, path } = await infer("alone", torn);
  expect({ status, data, path }).toEqual({
    status: 200,
    data: torn[0],
    path: "small v1=answered, broken v1=failed",
  });
  expect((await reportOf("alone"))?.steps).toMatchObject([
    { answered: 1, escalated: {}, failed: 0 },
    { answered: 0, failed: 1 },
  ]);
});

test("caches the predictions of each step, and does not count pure cache hits as saved", async () => {
  await infer("cached", sure);
  expect(await infer("cached", sure)).toMatchObject({ cache: "hit", data: sure[0] });
  await infer("cached", torn);
  expect(await infer("cached", torn)).toMatchObject({ cache: "hit", data: [0, 0.375, 0.625] });
  expect((await reportOf("cached"))?.steps).toMatchObject([{ answered: 1, runs: 2 }, { runs: 1 }]);
});

test("returns the last step's prediction for compared requests, logs them, and computes the small model's loss", async () => {
  for (const id of ["one", "two", "three", "four"]) {
    expect((await infer("compared", sure, { id })).path).toBe("small v1=compared, large v1=answered");
  }
  const rows = await recorded("compared");
  expect(rows.map(({ loggedReason }) => loggedReason)).toEqual(["compared", "compared", "compared", "compared"]);
  const labels = Object.entries({ one: "0", two: "2", three: "2", four: "2" });
  const endpointId = ids.compared as string;
  await recordLabels(ctx, { endpointId, labels: labels.map(([requestId, label]) => ({ requestId, label })) });
  expect((await reportOf("compared"))?.quality).toMatchObject({
    compared: 4,
    differentShare: 1,
    differentOfAll: 1,
    labelled: 4,
    firstRightShare: 0.25,
    lastRightShare: 0.75,
    lostShare: 0.5,
  });
});
