import { eq } from "drizzle-orm";
import { afterAll, expect, test, vi } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { createServer } from "#server/http/server.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import {
  type ElementType,
  identityModel,
  mlpModel,
  twoByTwoModel,
} from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { inferencePlugin } from "./plugin.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const token = await newToken(ctx);
const other = await newToken(await newWorkspace(db));

const float = (name: string, shape: (number | string)[]) => ({ name, datatype: "FP32" as const, shape });
const identity = (datatype: Signature["inputs"][number]["datatype"]): Signature => ({
  ...mlpSignature,
  inputs: [{ name: "x", datatype, shape: ["N"] }],
  outputs: [{ name: "y", datatype, shape: ["N"] }],
});
await deploy("mlp", mlpModel([4, 16, 3]), mlpSignature, 2);
await deploy("two", twoByTwoModel(), {
  ...mlpSignature,
  inputs: [float("a", ["N", 2]), float("b", ["N", 2])],
  outputs: [float("sum", ["N", 2]), float("difference", ["N", 2])],
});
const types = { id_fp32: "float32", id_fp16: "float16", id_int64: "int64", id_bytes: "string" } as const;
for (const [name, type] of Object.entries(types)) {
  const datatype = name === "id_bytes" ? "BYTES" : (name.slice(3).toUpperCase() as "FP32");
  await deploy(name, identityModel(type as ElementType), identity(datatype));
}
const slowSignature = { ...mlpSignature, inputs: [float("x", ["N", 256])], outputs: [float("y", ["N", 8])] };
await deploy("slow", mlpModel([256, 512, 256, 8]), slowSignature);
const { id: emptyId } = await createEndpoint(ctx, { name: "broken" });
await newVersion(ctx, { model: "broken", signature: mlpSignature, bytes: mlpModel([5, 3]) }, gateway.models);
await deployVersion(ctx, { endpointId: emptyId, model: "broken", version: 1 });

const app = createServer(readConfig({ MAX_REQUEST_BYTES: "1024" }));
await inferencePlugin(app, { core: gateway.core });
await gateway.core.start();
await vi.waitFor(() => expect(gateway.core.table.all.every(({ wanted }) => wanted.state !== "loading")).toBe(true));
afterAll(async () => {
  await app.close();
  await gateway.close();
});

async function deploy(name: string, bytes: Buffer, signature: Signature, version = 1): Promise<void> {
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 0 });
  await newVersion(ctx, { model: name, version, bytes, signature }, gateway.models);
  await deployVersion(ctx, { endpointId, model: name, version });
}

const authorization = `Bearer ${token}`;
const get = (url: string, headers: Record<string, string> = { authorization }) => app.inject({ url, headers });
const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: "POST",
    url,
    headers: { authorization, ...headers },
    payload: typeof payload === "string" || payload instanceof Buffer ? payload : JSON.stringify(payload),
  });
const row = { name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] };

test("returns health and server metadata without a token", async () => {
  for (const [url, body] of [
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { ready: true }],
    [
      "/v2",
      { name: "leeway", version: expect.any(String), extensions: expect.arrayContaining(["binary_tensor_data"]) },
    ],
    ["/v2/", { name: "leeway", version: expect.any(String), extensions: expect.any(Array) }],
  ] as const) {
    const response = await get(url, {});
    expect([url, response.statusCode, response.json()]).toEqual([url, 200, body]);
  }
});

test("returns models, metadata and readiness with and without a version", async () => {
  expect((await get("/v2/models")).json()).toEqual({
    models: ["broken", "id_bytes", "id_fp16", "id_fp32", "id_int64", "mlp", "slow", "two"],
  });
  const metadata = {
    name: "mlp",
    versions: ["2"],
    platform: "onnx_onnxv1",
    inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
    outputs: [{ name: "y", datatype: "FP32", shape: [-1, 3] }],
    properties: { model: "mlp", provider: "cpu" },
  };
  for (const url of ["/v2/models/mlp", "/v2/models/mlp/versions/2"]) expect((await get(url)).json()).toEqual(metadata);
  for (const url of ["/v2/models/mlp/ready", "/v2/models/mlp/versions/2/ready"]) {
    expect((await get(url)).json()).toEqual({ name: "mlp", ready: true });
  }
});

test("returns 503 with the reason for a model that failed to load, while the gateway stays ready", async () => {
  const response = await vi.waitFor(async () => {
    const response = await get("/v2/models/broken/ready");
    // It is tried again and again, and is being loaded meanwhile.
    expect(response.json().error).toContain("could not be loaded");
    return response;
  });
  expect(response.statusCode).toBe(503);
  expect(response.headers["retry-after"]).toBe("1");
  expect((await post("/v2/models/broken/infer", { inputs: [row] })).statusCode).toBe(503);
});

const refused: [number, string, "GET" | "POST" | "DELETE"][] = [
  [404, "/v2/nope", "GET"],
  [404, "/v2/models/none", "GET"],
  [404, "/v2/models/mlp/versions/9", "GET"],
  [404, "/v2/models/mlp/versions/v2", "GET"],
  [404, "/v2/models/mlp/versions/1/infer", "POST"],
  [404, "/v2/models/none/infer", "POST"],
  [405, "/v2/models/mlp/infer", "GET"],
  [405, "/v2/health/live", "POST"],
  [405, "/v2", "DELETE"],
];
test.each(refused)("returns %d for %s by %s, as {error}", async (status, url, method) => {
  const response = await app.inject({ method, url, headers: { authorization } });
  expect(response.statusCode).toBe(status);
  expect(response.headers["content-type"]).toBe("application/json");
  expect(response.json()).toEqual({ error: expect.stringMatching(/./) });
  if (status === 405) expect(response.headers.allow).toMatch(/^(GET, HEAD|POST)$/);
});

test("returns 404 for an unknown name of 128 or 300 characters", async () => {
  for (const length of [128, 300]) expect((await get(`/v2/models/${"m".repeat(length)}`)).statusCode).toBe(404);
});

test("returns nothing without a token, with an invalid one or with another scope", async () => {
  const wrongScope = await newToken(ctx, ["read"]);
  const call = (value?: string) => get("/v2/models/mlp", value ? { authorization: value } : {});
  for (const value of [undefined, "Bearer lw_wrong", "Bearer x", "Digest y"]) {
    const response = await call(value);
    expect(response.statusCode).toBe(401);
    expect(response.headers["www-authenticate"]).toContain("Bearer");
    expect(response.json()).toEqual({ error: expect.any(String) });
  }
  expect((await call(`Bearer ${wrongScope}`)).statusCode).toBe(403);
  expect((await call(`Basic ${Buffer.from(`anyone:${token}`).toString("base64")}`)).statusCode).toBe(200);
});

test("does not find models of another workspace", async () => {
  const headers = { authorization: `Bearer ${other}` };
  expect((await get("/v2/models", headers)).json()).toEqual({ models: [] });
  expect((await get("/v2/models/mlp", headers)).statusCode).toBe(404);
  expect((await post("/v2/models/mlp/infer", { inputs: [row] }, headers)).statusCode).toBe(404);
});

test("returns the same for flat and nested data, with version, provider and request ID", async () => {
  const flat = await post("/v2/models/mlp/infer", { id: "42", inputs: [row] });
  expect(flat.statusCode).toBe(200);
  expect(flat.headers).toMatchObject({
    "content-type": expect.stringContaining("application/json"),
    "leeway-model-version": "2",
    "leeway-provider": "cpu",
    "leeway-request-id": "42",
  });
  const { outputs, ...rest } = flat.json();
  expect(rest).toEqual({
    id: "42",
    model_name: "mlp",
    model_version: "2",
    parameters: { request_id: "42", provider: "cpu" },
  });
  expect(outputs).toEqual([{ name: "y", datatype: "FP32", shape: [1, 3], data: expect.any(Array) }]);
  expect(outputs[0].data).toHaveLength(3);
  const nested = await post("/v2/models/mlp/versions/2/infer", {
    inputs: [
      {
        ...row,
        data: [
          [1, 2],
          [[3], 4],
        ],
      },
    ],
  });
  expect(nested.json().outputs).toEqual(outputs);
  expect(nested.json().id).toBeUndefined();
  expect(nested.headers["leeway-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("accepts a batch, an empty batch and selected outputs", async () => {
  const batch = await post("/v2/models/mlp/infer", { inputs: [{ ...row, shape: [3, 4], data: Array(12).fill(1) }] });
  expect(batch.json().outputs[0].shape).toEqual([3, 3]);
  const empty = await post("/v2/models/mlp/infer", { inputs: [{ ...row, shape: [0, 4], data: [] }] });
  expect(empty.json().outputs[0]).toMatchObject({ shape: [0, 3], data: [] });
  const pair = (name: string, data: number[]) => ({ name, shape: [1, 2], datatype: "FP32", data });
  const inputs = [pair("a", [5, 7]), pair("b", [1, 2])];
  const chosen = await post("/v2/models/two/infer", { inputs, outputs: [{ name: "difference" }] });
  expect(chosen.json().outputs).toEqual([{ name: "difference", datatype: "FP32", shape: [1, 2], data: [4, 5] }]);
});

test("accepts and returns special values as JSON allows", async () => {
  const run = async (model: string, datatype: string, data: unknown[]) =>
    post(`/v2/models/${model}/infer`, { inputs: [{ name: "x", shape: [data.length], datatype, data }] });
  const specials = ["NaN", "Infinity", "-Infinity", 1];
  expect((await run("id_fp32", "FP32", specials)).json().outputs[0].data).toEqual(specials);
  expect((await run("id_int64", "INT64", ["9007199254740993"])).body).toContain("[9007199254740993]");
  expect((await run("id_bytes", "BYTES", ["", "日本"])).json().outputs[0].data).toEqual(["", "日本"]);
  expect((await run("id_fp16", "FP16", [1])).statusCode).toBe(400);
});

test("accepts a missing, a form and an unknown content type", async () => {
  for (const type of [undefined, "application/x-www-form-urlencoded", "application/octet-stream", "x/y"]) {
    const headers: Record<string, string> = type ? { "content-type": type } : {};
    const response = await post("/v2/models/mlp/infer", Buffer.from(JSON.stringify({ inputs: [row] })), headers);
    expect([type, response.statusCode]).toEqual([type, 200]);
  }
});

test("answers the Python client's default, binary in and out, byte for byte", async () => {
  const json =
    '{"id":"7","inputs":[{"name":"x","shape":[2],"datatype":"FP16","parameters":{"binary_data_size":4}}],"parameters":{"binary_data_output":true}}';
  const body = Buffer.concat([Buffer.from(json), Buffer.from("003c00c0", "hex")]);
  const headers = { "inference-header-content-length": String(json.length) };
  const response = await post("/v2/models/id_fp16/infer", body, headers);
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toBe("application/octet-stream");
  const length = Number(response.headers["inference-header-content-length"]);
  expect(response.rawPayload.subarray(length).toString("hex")).toBe("003c00c0");
  expect(JSON.parse(response.rawPayload.subarray(0, length).toString())).toMatchObject({
    id: "7",
    outputs: [{ name: "y", datatype: "FP16", shape: [2], parameters: { binary_data_size: 4 } }],
  });
});

test("returns 400 with a reason for malformed requests, 415 for compressed and 413 for oversized bodies", async () => {
  const message = async (payload: unknown, headers = {}) => {
    const response = await post("/v2/models/mlp/infer", payload, headers);
    return [response.statusCode, response.json().error];
  };
  const shape = { inputs: [{ ...row, shape: [1, 5], data: [1, 2, 3, 4, 5] }] };
  expect(await message(shape)).toEqual([400, "input 'x': expected shape [-1,4], got [1,5]"]);
  expect(await message("{")).toEqual([400, expect.stringContaining("not valid JSON")]);
  expect(await message("")).toEqual([400, expect.stringContaining("empty")]);
  expect(await message({ inputs: [row] }, { "inference-header-content-length": "-1" })).toEqual([
    400,
    expect.any(String),
  ]);
  expect(await message("x", { "content-encoding": "br" })).toEqual([415, expect.stringContaining('"br"')]);
  expect(await message(Buffer.alloc(64 * 2 ** 20 + 1))).toEqual([413, expect.any(String)]);
});

test("enforces a deadline while the model runs, and answers the next request", async () => {
  const input = { name: "x", shape: [512, 256], datatype: "FP32", data: Array(512 * 256).fill(0) };
  const late = await post("/v2/models/slow/infer", { inputs: [input], parameters: { timeout: 1 } });
  expect(late.statusCode).toBe(504);
  expect((await post("/v2/models/slow/infer", { inputs: [input] })).statusCode).toBe(200);
});

test("counts requests by status for Prometheus, and logs failed ones as predictions", async () => {
  await post("/v2/models/id_int64/infer", {
    id: "bad",
    inputs: [{ ...row, shape: [4], datatype: "INT64", data: [0.5, 1, 2, 3] }],
  });
  await post("/v2/models/id_int64/infer", { inputs: [{ name: "x", shape: [1], datatype: "INT64", data: [1] }] });
  const text = await gateway.registry.metrics();
  const labels = `workspace="[^"]+",endpoint="id_int64",model="id_int64",version="1",arm="stable",provider="cpu"`;
  expect(text).toMatch(new RegExp(`leeway_inference_requests_total{${labels},code="400",reason="invalid"} 1`));
  expect(text).toMatch(new RegExp(`leeway_inference_duration_seconds_count{${labels}} [2-9]`));
  expect(text).toMatch(new RegExp(`leeway_inference_pending_requests{${labels}} 0`));
  await gateway.core.flush();
  const rows = await db.select().from(predictions).where(eq(predictions.requestId, "bad"));
  expect(rows).toMatchObject([{ status: 400, error: expect.stringContaining("element 0"), outputs: null }]);
  expect(rows[0]?.inputs).toEqual([{ name: "x", datatype: "INT64", shape: [4] }]);
});
