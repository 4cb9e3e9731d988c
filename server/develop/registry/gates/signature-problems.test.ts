import { expect, test } from "vitest";
import type { Signature, TensorSpec } from "../onnx/contract.ts";
import { signatureProblems } from "./signature-problems.ts";

const image: TensorSpec = { name: "image", datatype: "FP32", shape: ["N", 1, 8, 8] };
const classes: TensorSpec = { name: "probabilities", datatype: "FP32", shape: ["N", 10] };
const base: Signature = {
  inputs: [image],
  outputs: [classes],
  opsets: { "": 17 },
  irVersion: 8,
  producer: "test",
  metadata: {},
};

test("accepts an equal signature, whatever its opset, producer and dimension names", () => {
  const renamed = { ...image, shape: ["batch", 1, 8, 8] };
  const candidate = { ...base, inputs: [renamed], opsets: { "": 21 }, producer: "other", irVersion: 10 };
  expect(signatureProblems(base, candidate)).toEqual([]);
});

test("accepts widened inputs, narrowed outputs and new outputs", () => {
  const fixed = { ...base, inputs: [{ ...image, shape: [1, 1, 8, 8] }], outputs: [{ ...classes, shape: ["N", "C"] }] };
  const candidate = { ...base, outputs: [classes, { ...classes, name: "embedding" }] };
  expect(signatureProblems(fixed, candidate)).toEqual([]);
});

test.each<[string, Partial<Signature>, string]>([
  ["an input that is gone", { inputs: [] }, 'Input "image" was removed'],
  ["an input more", { inputs: [image, { ...image, name: "mask" }] }, 'New input "mask"'],
  ["another type", { inputs: [{ ...image, datatype: "UINT8" }] }, 'Input "image" changed from FP32 to UINT8'],
  ["a size", { inputs: [{ ...image, shape: ["N", 1, 16, 16] }] }, "[N, 1, 16, 16], was [N, 1, 8, 8]"],
  ["a free dimension fixed", { inputs: [{ ...image, shape: [1, 1, 8, 8] }] }, "[1, 1, 8, 8]"],
  ["another rank", { inputs: [{ ...image, shape: ["N", 64] }] }, "[N, 64]"],
  ["an output that is gone", { outputs: [] }, 'Output "probabilities" was removed'],
  ["an output of another size", { outputs: [{ ...classes, shape: ["N", 11] }] }, "[N, 11], was [N, 10]"],
  ["an output set free", { outputs: [{ ...classes, shape: ["N", "C"] }] }, "[N, C]"],
  ["an output of another type", { outputs: [{ ...classes, datatype: "FP16" }] }, "changed from FP32 to FP16"],
])("reports %s as a breaking change", (_what, change, words) => {
  expect(signatureProblems(base, { ...base, ...change })).toEqual([expect.stringContaining(words)]);
});

test("reports independent dimensions that become tied", () => {
  const pair = (a: string, b: string) => [
    { ...image, name: "left", shape: [a, 4] },
    { ...image, name: "right", shape: [b, 4] },
  ];
  const free = { ...base, inputs: pair("N", "M") };
  const tied = { ...base, inputs: pair("N", "N") };
  expect(signatureProblems(free, tied)).toEqual([expect.stringContaining("Dimension N")]);
  expect(signatureProblems(tied, free)).toEqual([]);
  expect(signatureProblems(tied, tied)).toEqual([]);
});

test("requires the same class order", () => {
  const labelled = { ...base, labels: ["cat", "dog"] };
  expect(signatureProblems(labelled, labelled)).toEqual([]);
  expect(signatureProblems(base, labelled)).toEqual([]);
  expect(signatureProblems(labelled, base)).toEqual(["Class names are missing."]);
  expect(signatureProblems(labelled, { ...base, labels: ["dog", "cat"] })).toEqual(['Class 0 is "dog", was "cat".']);
});
