import { expect, test } from "vitest";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { compareOutputs } from "../../../../serve/replay/compare-outputs.ts";
import { replayRequest } from "../../../../serve/replay/replay-request.ts";
import { mlpSignature } from "../testing.ts";

const tensor = (name: string, data?: LoggedTensor["data"], more: Partial<LoggedTensor> = {}): LoggedTensor => ({
  name,
  datatype: "FP32",
  shape: [1, 2],
  ...(data && { data }),
  ...more,
});

test("outputs are compared by name, element by element, to the last bit", () => {
  const then = [tensor("p", [0.25, 0.75]), tensor("q", ["NaN", 1]), tensor("gone", [1, 2])];
  const now = [tensor("p", [0.5, 0.75]), tensor("q", ["NaN", 1]), tensor("new", [1, 2])];
  expect(compareOutputs(then, now)).toEqual([
    { name: "p", kind: "different", elements: 2, differing: 1, maxDifference: 0.25 },
    { name: "q", kind: "same", elements: 2, differing: 0, maxDifference: 0 },
    { name: "new", kind: "only-now", elements: 0, differing: 0, maxDifference: null },
    { name: "gone", kind: "only-then", elements: 0, differing: 0, maxDifference: null },
  ]);
});

test("what has another shape or type, or was not kept, is not compared", () => {
  const now = tensor("p", [1, 2]);
  expect(compareOutputs([tensor("p", [1, 2], { shape: [2, 1] })], [now])).toMatchObject([{ kind: "shape" }]);
  expect(compareOutputs([tensor("p", [1, 2], { datatype: "FP64" })], [now])).toMatchObject([{ kind: "shape" }]);
  expect(compareOutputs([tensor("p")], [now])).toMatchObject([{ kind: "not-kept" }]);
});

test("texts differ without a distance, and a number that is none now has none either", () => {
  const then = [tensor("label", ["cat", "dog"]), tensor("p", [1, "NaN"])];
  const now = [tensor("label", ["cat", "cow"]), tensor("p", [1, 1])];
  expect(compareOutputs(then, now)).toMatchObject([
    { kind: "different", differing: 1, maxDifference: 0 },
    { kind: "different", differing: 1, maxDifference: 0 },
  ]);
});

test("a distance beyond the largest number is that number, since JSON has no infinity", () => {
  const [difference] = compareOutputs([tensor("p", [-1.7e308, 0])], [tensor("p", [1.7e308, 0])]);
  expect(difference).toMatchObject({ differing: 1, maxDifference: Number.MAX_VALUE });
});

const plain = { modelName: "digits", version: 2, signature: mlpSignature };
const pipeline = {
  digest: "d",
  definition: Pipeline.parse({
    before: [{ kind: "image", name: "picture", into: "x", steps: [{ step: "decode" }] }],
    after: [{ name: "digit", from: "y", steps: [] }],
  }),
};
const picture = tensor("picture", ["aGVsbG8="], { datatype: "BYTES", shape: [1], encoding: "base64" });
const seen = tensor("x", [1, 2, 3, 4], { shape: [1, 4] });
const outputs = [tensor("digit", ["7"]), tensor("y", [1, 2])];

test("what was sent goes through the version's pipeline, with all outputs that it can be compared by", () => {
  expect(replayRequest({ inputs: [picture, seen], outputs }, { ...plain, pipeline })).toEqual({
    via: "pipeline",
    inputs: [
      { name: "picture", datatype: "BYTES", shape: [1], data: ["aGVsbG8="], parameters: { content_type: "base64" } },
    ],
    outputs: [{ name: "digit" }, { name: "y" }],
  });
});

test("a version without the pipeline, or a file that was not kept, gets what the model saw", () => {
  const request = { via: "tensors", inputs: [seen], outputs: [{ name: "y" }] };
  expect(replayRequest({ inputs: [picture, seen], outputs }, plain)).toEqual(request);
  const withoutFile = [{ ...picture, data: undefined, encoding: undefined } as unknown as LoggedTensor, seen];
  expect(replayRequest({ inputs: withoutFile, outputs }, { ...plain, pipeline })).toMatchObject({ via: "tensors" });
});

test("an input that is missing, redacted or too large says so", () => {
  const refusal = (inputs: LoggedTensor[]) => () => replayRequest({ inputs, outputs: null }, plain);
  expect(refusal([])).toThrow("digits v2 requires input 'x', which the logged request does not contain.");
  expect(refusal([tensor("x", undefined, { sha256: "0" })])).toThrow("redacted; only a digest is stored");
  expect(refusal([tensor("x")])).toThrow("too large to store");
});
