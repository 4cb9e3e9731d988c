import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import { readInferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CaptureRules } from "./contract.ts";
import { RecordDraft } from "./record-draft.ts";

const request = (inputs: object[], tail = Buffer.alloc(0)) =>
  readInferRequest(Buffer.from(JSON.stringify({ inputs })), tail);
const row = { name: "x", datatype: "FP32", shape: [1, 4], data: [[1, 2, 3, 4]] };
const shares = (): Tensor => ({ name: "y", datatype: "FP32", shape: [1, 2], data: new Float32Array([0.25, 0.75]) });
const draft = (settings: object, inputs = ["x"]) =>
  new RecordDraft(
    CaptureRules.parse(settings),
    { signature: { ...mlpSignature, inputs: inputs.map((name) => ({ name, datatype: "FP32", shape: ["N", 4] })) } },
    new Set(),
  );
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const floats = Buffer.from(new Float32Array([1, 2, 3, 4]).buffer);

test("records a complete request with its prediction", () => {
  const kept = draft({});
  kept.addOutputs([shares()]);
  expect(kept.finish(request([row]), 200, undefined)).toEqual({
    error: null,
    answer: "1",
    outputIndex: 1,
    confidence: 0.75,
    inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] }],
    outputs: [{ name: "y", datatype: "FP32", shape: [1, 2], data: [0.25, 0.75] }],
  });
});

test("computes the same digest of the bytes for JSON and binary data", () => {
  const sent = { name: "x", datatype: "FP32", shape: [1, 4] };
  const binary = request([{ ...sent, parameters: { binary_data_size: 16 } }], floats);
  const digests = [request([row]), binary].map((one) => draft({ redact: ["x"] }).finish(one, 200, undefined).inputs);
  expect(digests).toEqual([[{ ...sent, sha256: sha256(floats) }], [{ ...sent, sha256: sha256(floats) }]]);
});

test("records an image as base64, with the same digest for JSON and binary data", () => {
  const file = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]);
  const length = Buffer.from([file.length, 0, 0, 0]);
  const described = { name: "x", datatype: "BYTES", shape: [1] };
  const inJson = { ...described, parameters: { content_type: "base64" }, data: [file.toString("base64")] };
  const inBinary = { ...described, parameters: { binary_data_size: 9 } };
  for (const one of [request([inJson]), request([inBinary], Buffer.concat([length, file]))]) {
    expect(draft({}).finish(one, 200, undefined).inputs).toEqual([
      { ...described, data: [file.toString("base64")], encoding: "base64" },
    ]);
    expect(draft({ inputs: "digest" }).finish(one, 200, undefined).inputs).toEqual([
      { ...described, sha256: sha256(Buffer.concat([length, file])) },
    ]);
  }
});

test("records binary text as text", () => {
  const part = { name: "x", datatype: "BYTES", shape: [1], parameters: { binary_data_size: 6 } };
  const one = request([part], Buffer.from([2, 0, 0, 0, 0xc3, 0xa9]));
  expect(draft({}).finish(one, 200, undefined).inputs).toMatchObject([{ data: ["é"] }]);
});

test("records inputs and outputs first, and drops tensor data above the limit", () => {
  const many = request([row, { ...row, name: "z" }]);
  const [bytes, inputs] = [16 + 8, ["x", "z"]];
  const kept = draft({ maxBytes: bytes }, inputs);
  kept.addOutputs([shares()]);
  const { inputs: sent, outputs } = kept.finish(many, 200, undefined);
  expect(sent).toMatchObject([{ data: [1, 2, 3, 4] }, expect.not.objectContaining({ data: expect.anything() })]);
  expect(outputs).toMatchObject([{ data: [0.25, 0.75] }]);
  expect(draft({ maxBytes: 0 }).finish(request([row]), 200, undefined).inputs?.[0]).not.toHaveProperty("data");
});

test("records pipeline outputs as the model received them", () => {
  const kept = draft({}, ["image"]);
  const made: Tensor = { name: "image", datatype: "FP32", shape: [1, 1], data: new Float32Array([0.5]) };
  kept.see([made]);
  (made.data as Float32Array).fill(0);
  expect(kept.finish(request([row]), 200, undefined).inputs).toMatchObject([{ name: "x" }, { data: [0.5] }]);
});

test("records an invalid request by its shape, and an unreadable one without inputs", () => {
  const wrong = request([
    { ...row, shape: [2, 4] },
    { ...row, name: "odd", datatype: "FP12" },
  ]);
  expect(draft({}).finish(wrong, 400, "wrong")).toMatchObject({
    error: "wrong",
    inputs: [
      { name: "x", datatype: "FP32", shape: [2, 4] },
      { name: "odd", datatype: "FP12", shape: [1, 4] },
    ],
    outputs: null,
  });
  expect(draft({ redact: ["x"] }).finish(undefined, 400, "got 41")).toMatchObject({
    inputs: null,
    error: expect.not.stringContaining("41"),
  });
});
