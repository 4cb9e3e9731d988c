import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { demoFile, readSamples } from "#server/roles/demo/recording.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { CaptureSettings } from "#server/serve/capture/contract.ts";
import { setCapture } from "#server/serve/capture/set-capture.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { recordedInputs } from "#server/serve/router/recorded-inputs.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
// A millionth for each millisecond of a worker.
const gateway = newTestGateway(db, { pricing: { coreHour: 3.6, gpuHour: undefined, machineKind: "" } });
const authorization = `Bearer ${await newToken(ctx)}`;

const path = demoFile("digits", "models/digits-v2.onnx");
const { signature } = await describeModel({ path, isAlone: true });
const pipeline = Pipeline.parse(JSON.parse(readFileSync(demoFile("digits", "pipeline.json"), "utf8")));
await newVersion(ctx, { model: "digits", bytes: readFileSync(path), signature, pipeline }, gateway.models);
const ids: Record<string, string> = {};
const plans: Record<string, Partial<CaptureSettings>> = {
  whole: { share: 1 },
  unsure: { share: 0, lowConfidence: { output: "probabilities", below: 0.9 } },
  secret: { share: 1, redact: ["image"] },
  cached: { share: 1 },
};
for (const [name, plan] of Object.entries(plans)) {
  const { id: endpointId } = await createEndpoint(ctx, { name });
  ids[name] = endpointId;
  await setCapture(ctx, { endpointId, capture: CaptureSettings.parse({ share: 0, ...plan }) });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
}
await setCache(ctx, { endpointId: ids.cached as string, cache: CacheSettings.parse({ ttlSeconds: 60 }) });
const app = await serveInference(gateway);

const samples = await readSamples("digits");
const pixelsOf = (index: number) => (samples[index]?.inputs[0]?.data ?? []).map(Number);
const blank = new Array<number>(64).fill(0);
const image = (data: unknown[]) => ({ name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data });
const requested: string[] = [];
const infer = (endpoint: string, id: string, ...inputs: object[]) => {
  requested.push(id);
  return app.inject({
    method: "POST",
    url: `/v2/models/${endpoint}/infer`,
    headers: { authorization },
    payload: JSON.stringify({ id, inputs }),
  });
};
/** Lists predictions in the order of their requests: two may finish in the same millisecond, by which they are listed. */
const recorded = async (name: string) => {
  await gateway.core.flush();
  const { predictions } = await listPredictions(ctx, { endpointId: ids[name] as string });
  return predictions.toSorted((one, other) => requested.indexOf(one.requestId) - requested.indexOf(other.requestId));
};
/** Returns everything on the gateway's disk that is still to be stored. */
const onDisk = () => {
  const files = readdirSync(join(gateway.folder, "spool"), { recursive: true, encoding: "utf8" });
  const waiting = files.filter((file) => file.endsWith(".ndjson"));
  return waiting.map((file) => readFileSync(join(gateway.folder, "spool", file), "utf8")).join("");
};

test("logs a sampled request with its timings, caller, inputs and outputs", async () => {
  expect((await infer("whole", "seven", image(pixelsOf(0)))).statusCode).toBe(200);
  const [row] = await recorded("whole");
  expect(row).toMatchObject({
    requestId: "seven",
    loggedReason: "sampled",
    source: "model",
    status: 200,
    arm: "stable",
    provider: "cpu",
    caller: "Test admin (test)",
    traceId: null,
    batchRows: 1,
    version: 1,
    modelName: "digits",
    inputs: [image(pixelsOf(0).map(Math.fround))],
    outputs: [{ name: "probabilities", shape: [1, 10] }],
    answer: samples[0]?.label,
  });
  const { parts, latencyMs = 0, confidence } = row ?? {};
  expect(confidence).toBeGreaterThan(0.3);
  const sum = Object.values(parts ?? {}).reduce((total, part) => total + part, 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(latencyMs + 0.01);
  const { inputMs = 0, computeMs = 0, outputMs = 0 } = parts ?? {};
  expect(computeMs).toBeGreaterThan(0);
  expect(row?.cost).toBeCloseTo((inputMs + computeMs + outputMs) / 1_000_000, 12);
});

test("logs only failures and low-confidence predictions without sampling", async () => {
  expect((await infer("unsure", "sure", image(pixelsOf(0)))).statusCode).toBe(200);
  expect((await infer("unsure", "blank", image(blank.map(() => 0.5)))).statusCode).toBe(200);
  expect((await infer("unsure", "short", image([1]))).statusCode).toBe(400);
  const rows = await recorded("unsure");
  expect(rows.map(({ requestId, loggedReason }) => [requestId, loggedReason])).toEqual([
    ["blank", "low-confidence"],
    ["short", "failed"],
  ]);
  expect(rows[0]).toMatchObject({ outputs: [{ name: "probabilities" }], inputs: [{ data: expect.any(Array) }] });
  expect(rows[0]?.confidence).toBeLessThan(0.9);
});

test("never stores a redacted input, whether as a tensor, an image or in an error message", async () => {
  const marked = [0.123456789, ...blank.slice(1)];
  const rows = Array.from({ length: 8 }, (_, row) => blank.slice(row * 8, row * 8 + 8));
  const file = pngFile(8, 8, 0, rows).toString("base64");
  const picture = { name: "picture", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" } };
  expect((await infer("secret", "tensor", image(marked))).statusCode).toBe(200);
  expect((await infer("secret", "file", { ...picture, data: [file] })).statusCode).toBe(200);
  expect((await infer("secret", "typo", { ...image(marked), name: "imgae" })).statusCode).toBe(400);
  expect((await infer("secret", "quoted", image(["Sesame", ...blank.slice(1)]))).statusCode).toBe(400);
  expect((await infer("secret", "broken", { ...picture, data: ["c2VzYW1l"] })).statusCode).toBe(400);
  const waiting = onDisk();
  for (const id of ["tensor", "file", "typo", "quoted", "broken"]) expect(waiting).toContain(id);
  for (const value of ["0.1234567", file, "Sesame", "c2VzYW1l", "736573616d65"]) expect(waiting).not.toContain(value);
  const stored = await recorded("secret");
  const [tensor, byFile, typo] = stored;
  const sha256 = createHash("sha256")
    .update(new Uint8Array(new Float32Array(marked).buffer))
    .digest("hex");
  expect(tensor?.inputs).toEqual([{ name: "image", datatype: "FP32", shape: [1, 1, 8, 8], sha256 }]);
  expect(tensor?.outputs).toMatchObject([{ data: expect.any(Array) }]);
  expect(byFile?.inputs).toMatchObject([
    { name: "picture", sha256: expect.any(String) },
    { name: "image", sha256: expect.any(String) },
  ]);
  expect(typo?.inputs).toEqual([{ name: "imgae", datatype: "FP32", shape: [1, 1, 8, 8] }]);
});

test("logs the original file of a preprocessed image and the tensor that the model saw", async () => {
  const rows = Array.from({ length: 8 }, (_, row) =>
    pixelsOf(1)
      .slice(row * 8, row * 8 + 8)
      .map((share) => Math.round(share * 255)),
  );
  const file = pngFile(8, 8, 0, rows);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(file.length);
  const size = { binary_data_size: file.length + 4 };
  const picture = { name: "picture", shape: [1], datatype: "BYTES", parameters: size };
  const json = Buffer.from(JSON.stringify({ id: "photo", inputs: [picture] }));
  const response = await app.inject({
    method: "POST",
    url: "/v2/models/whole/infer",
    payload: Buffer.concat([json, length, file]),
    headers: { authorization, "inference-header-content-length": String(json.length) },
  });
  expect(response.statusCode).toBe(200);
  const row = (await recorded("whole")).find(({ requestId }) => requestId === "photo");
  expect(row).toMatchObject({
    answer: samples[1]?.label,
    inputs: [
      { name: "picture", data: [file.toString("base64")], encoding: "base64" },
      { name: "image", data: expect.any(Array) },
    ],
  });
});

test("logs a sampled cache hit, marks it, and records no timings for it", async () => {
  await infer("cached", "first", image(blank));
  await infer("cached", "again", image(blank));
  const [first, again] = await recorded("cached");
  expect([first?.source, again?.source]).toEqual(["model", "cache"]);
  expect(again).toMatchObject({ parts: null, batchRows: null, cost: 0, outputs: first?.outputs });
});

test("applies a changed sampling rate while serving", async () => {
  const endpointId = ids.unsure as string;
  await setCapture(ctx, { endpointId, capture: CaptureSettings.parse({ share: 1, maxBytes: 0 }) });
  gateway.emit("missed");
  await vi.waitFor(() => expect(gateway.core.version(ctx, "unsure").endpoint.route.captureShare).toBe(1));
  await infer("unsure", "now", image(pixelsOf(0)));
  const row = (await recorded("unsure")).find(({ requestId }) => requestId === "now");
  expect(row).toMatchObject({ loggedReason: "sampled", answer: samples[0]?.label });
  expect(row?.inputs).toEqual([{ name: "image", datatype: "FP32", shape: [1, 1, 8, 8] }]);
});

test("warms up a deployed version with recorded requests, where they are complete", async () => {
  await newVersion(ctx, { model: "digits", version: 2, bytes: readFileSync(path), signature }, gateway.models);
  const counts = ["whole", "secret"].map(async (name) => recordedInputs(db, ids[name] as string, signature));
  expect((await Promise.all(counts)).map(({ length }) => length)).toEqual([1, 0]);
  await deployVersion(ctx, { endpointId: ids.whole as string, model: "digits", version: 2 });
  gateway.emit("missed");
  const served = () => gateway.core.version(ctx, "whole").endpoint.serving;
  await vi.waitFor(() => expect(served()?.model.version).toBe(2));
  expect(served()?.opened?.recordedRuns).toBe(1);
});

test("warms up without recorded requests when Postgres is unreachable", async () => {
  const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "away" });
  expect(await recordedInputs(away.db, ids.whole as string, signature)).toEqual([]);
  await away.close();
});
