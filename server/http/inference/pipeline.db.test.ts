import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { pipelineDigest } from "#server/develop/registry/pipeline/digest.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { demoFile, readSamples } from "#server/roles/demo/recording.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { FieldContract, Protection } from "#server/serve/protection/contract.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const authorization = `Bearer ${await newToken(ctx)}`;

// The demo's model of digits: a convolutional network on grey pictures of 8 by 8 pixels from 0 to 1.
const path = demoFile("digits", "models/digits-v2.onnx");
const { signature } = await describeModel({ path, isAlone: true });
const pipeline = Pipeline.parse(JSON.parse(readFileSync(demoFile("digits", "pipeline.json"), "utf8")));
const digest = pipelineDigest(pipeline);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 1 });
await newVersion(ctx, { model: "digits", bytes: readFileSync(path), signature, pipeline }, gateway.models);
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
const { id: guardedId } = await createEndpoint(ctx, { name: "guarded" });
const dim = FieldContract.parse({ input: "image", maximum: 0.5 });
await setProtection(ctx, { endpointId: guardedId, protection: Protection.parse({ fields: [dim] }) });
await deployVersion(ctx, { endpointId: guardedId, model: "digits", version: 1 });

const app = await serveInference(gateway);

const samples = await readSamples("digits");
/** Converts the pixels of a sample to bytes, which a file can hold: 16 levels of grey. */
const bytesOf = (sample: (typeof samples)[number]) =>
  (sample.inputs[0]?.data ?? []).map((share) => Math.round(Number(share) * 255));
const rowsOf = (pixels: number[]) => Array.from({ length: 8 }, (_, row) => pixels.slice(row * 8, row * 8 + 8));
const fileOf = (pixels: number[]) => pngFile(8, 8, 0, rowsOf(pixels));
const pixels = bytesOf(samples[0] as (typeof samples)[number]);

const infer = (payload: object | Buffer, headers: Record<string, string> = {}, endpoint = "digits") =>
  app.inject({ method: "POST", url: `/v2/models/${endpoint}/infer`, headers: { authorization, ...headers }, payload });

/** Builds a binary request as tritonclient does: JSON, then each file preceded by its length in four bytes. */
function inBinary(files: Buffer[], more: object = {}) {
  const tail = files.flatMap((file) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(file.length);
    return [length, file];
  });
  const size = tail.reduce((sum, part) => sum + part.length, 0);
  const picture = { name: "picture", shape: [files.length], datatype: "BYTES", parameters: { binary_data_size: size } };
  const json = Buffer.from(JSON.stringify({ inputs: [picture], ...more }));
  return infer(Buffer.concat([json, ...tail]), { "inference-header-content-length": String(json.length) });
}
const inJson = (data: unknown[], parameters: object = { content_type: "base64" }) => ({
  inputs: [{ name: "picture", shape: [data.length], datatype: "BYTES", parameters, data }],
});
const outputOf = (body: { outputs: { name: string; data: unknown[] }[] }, name: string) =>
  body.outputs.find((output) => output.name === name)?.data;

test("starts the image decoding threads before a version with images is ready", () => {
  expect(gateway.core.pipelines.started).toBe(1);
});

test("accepts an image as base64 in JSON, and returns a label", async () => {
  const response = await infer(inJson([fileOf(pixels).toString("base64")]));
  expect(response.json()).toEqual({
    model_name: "digits",
    model_version: "1",
    parameters: { request_id: expect.any(String), provider: "cpu", pipeline_digest: digest },
    outputs: [
      { name: "digit", datatype: "BYTES", shape: [1], data: ["2"] },
      { name: "three_best", datatype: "BYTES", shape: [1, 3], data: ["2", expect.any(String), expect.any(String)] },
      { name: "three_shares", datatype: "FP32", shape: [1, 3], data: expect.any(Array) },
    ],
  });
});

test("returns bit for bit the same for a file and for its tensor, with labels and probabilities", async () => {
  const outputs = [{ name: "probabilities" }, { name: "digit" }];
  const byFile = (await inBinary([fileOf(pixels)], { outputs })).json();
  const image = { name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data: pixels.map((pixel) => pixel / 255) };
  const byTensor = (await infer({ inputs: [image], outputs })).json();
  expect(byFile.outputs).toEqual(byTensor.outputs);
  expect(outputOf(byFile, "probabilities")).toHaveLength(10);
  const usual = (await infer({ inputs: [image] })).json();
  expect(usual.outputs).toEqual([expect.objectContaining({ name: "probabilities", shape: [1, 10] })]);
  expect(usual.parameters).not.toHaveProperty("pipeline_digest");
});

// server/roles/demo/data/README.md: the model predicts 99.0% of these 500 images correctly.
test("classifies 500 files in one request with the accuracy measured on their tensors", async () => {
  const body = (
    await inBinary(
      samples.map((sample) => fileOf(bytesOf(sample))),
      { outputs: [{ name: "digit" }] },
    )
  ).json();
  const results = outputOf(body, "digit") as string[];
  expect(results.filter((digit, index) => digit === samples[index]?.label).length / results.length).toBeCloseTo(
    0.99,
    2,
  );
});

test("accepts a large colour photograph, and pads a wide one", async () => {
  const wide = pngFile(
    600,
    300,
    2,
    Array.from({ length: 300 }, () => new Array<number>(1800).fill(200)),
  );
  const response = await inBinary([wide]);
  expect([response.statusCode, response.json().outputs[0].shape]).toEqual([200, [1]]);
});

test("returns the model's own tensors and the pipeline in the metadata", async () => {
  const response = await app.inject({ url: "/v2/models/digits", headers: { authorization } });
  expect(response.json()).toMatchObject({
    inputs: [{ name: "image", datatype: "FP32", shape: [-1, 1, 8, 8] }],
    outputs: [{ name: "probabilities", datatype: "FP32", shape: [-1, 10] }],
    properties: { pipeline_digest: digest },
    pipeline: {
      digest,
      inputs: [{ name: "picture", datatype: "BYTES", shape: [-1] }],
      outputs: [
        { name: "digit", datatype: "BYTES", shape: [-1] },
        { name: "three_best", datatype: "BYTES", shape: [-1, 3] },
        { name: "three_shares", datatype: "FP32", shape: [-1, 3] },
      ],
    },
  });
});

const file = fileOf(pixels).toString("base64");
const deepFile = `${"[".repeat(10_000)}0${"]".repeat(10_000)}`;
const tensor = { name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data: new Array<number>(64).fill(0) };
test.each([
  [
    "text without its content type",
    inJson([file], {}),
    `input 'picture': expected files as binary data, or as base64 with the input's parameter content_type "base64", got text`,
  ],
  ["another content type", inJson([file], { content_type: "hex" }), 'got content_type "hex"'],
  ["what is no base64", inJson(["a*b="]), "input 'picture', file 0: expected base64"],
  [
    "what is no picture",
    inJson([file, Buffer.from("hello").toString("base64")]),
    "input 'picture', file 1: expected a PNG, JPEG or WebP file, got bytes starting with 68656c6c6f",
  ],
  ["a number", inJson([1]), "input 'picture', file 0: expected base64, got 1"],
  [
    "files nested too deep",
    Buffer.from(JSON.stringify(inJson(["file"])).replace('"file"', deepFile)),
    "input 'picture', file 0: expected base64, got an array",
  ],
  [
    "another type",
    { inputs: [{ ...inJson([file]).inputs[0], datatype: "UINT8" }] },
    "input 'picture': expected datatype BYTES, got UINT8",
  ],
  [
    "different shape or type",
    { inputs: [{ ...inJson([file]).inputs[0], shape: [1, 2] }] },
    "input 'picture': expected shape [-1], got [1,2]",
  ],
  [
    "both at once",
    { inputs: [inJson([file]).inputs[0], tensor] },
    "inputs 'picture' and 'image': expected the inputs of the pipeline or those of the model, got both",
  ],
  [
    "an unknown name",
    { inputs: [{ ...tensor, name: "foto" }] },
    "there is no input 'foto': the model has 'image', its pipeline has 'picture'",
  ],
  [
    "an unknown output",
    { ...inJson([file]), outputs: [{ name: "label" }] },
    "the model has no output 'label'; it has 'digit', 'three_best', 'three_shares', 'probabilities'",
  ],
  ["no file", inJson([]), "input 'picture': expected at least one file, got none"],
])("rejects %s with its field, the expected and the actual value", async (_what, payload, message) => {
  const response = await infer(payload);
  expect([response.statusCode, response.json().error]).toEqual([400, expect.stringContaining(message)]);
});

test("applies the input contract of an endpoint to pipeline outputs", async () => {
  const response = await infer(inJson([fileOf(new Array<number>(64).fill(255)).toString("base64")]), {}, "guarded");
  const message = "input 'image', row 0: expected a number of at most 0.5, got 1";
  expect([response.statusCode, response.json().error]).toEqual([400, expect.stringContaining(message)]);
  const black = await infer(inJson([fileOf(new Array<number>(64).fill(0)).toString("base64")]), {}, "guarded");
  expect(black.statusCode).toBe(200);
});

test("logs the pipeline, the model inputs and the outputs", async () => {
  await inBinary([fileOf(pixels)], { id: "logged" });
  await gateway.core.flush();
  const [row] = await db.select().from(predictions).where(eq(predictions.requestId, "logged"));
  expect(row).toMatchObject({
    pipelineDigest: digest,
    inputs: [
      { name: "picture", datatype: "BYTES", shape: [1] },
      { name: "image", datatype: "FP32", shape: [1, 1, 8, 8], data: pixels.map((pixel) => Math.fround(pixel / 255)) },
    ],
    outputs: [
      { name: "digit", data: ["2"] },
      { name: "three_best" },
      { name: "three_shares" },
      { name: "probabilities", shape: [1, 10], data: expect.any(Array) },
    ],
  });
});
