import { expect, test } from "vitest";
import { differences } from "./compare-tensors.ts";

const signature = {
  inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 4] }],
  outputs: [{ name: "y", datatype: "INT64" as const, shape: ["N"] }],
};
const same = {
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [{ name: "y", datatype: "INT64", shape: [-1] }],
};
const x = (change: object) => ({ ...same, inputs: [{ ...same.inputs[0], ...change } as (typeof same.inputs)[0]] });

test("accepts equal tensors, free dimensions of the engine and additional outputs", () => {
  expect(differences(signature, same)).toEqual([]);
  expect(differences(signature, x({ shape: [-1, -1] }))).toEqual([]);
  const more = [...same.outputs, { name: "z", datatype: "FP32", shape: [1] }];
  expect(differences(signature, { ...same, outputs: more })).toEqual([]);
});

test("accepts a last dimension of 1 as equal", () => {
  expect(differences(signature, { ...same, outputs: [{ name: "y", datatype: "INT64", shape: [-1, 1] }] })).toEqual([]);
});

test("reports no differences for an engine without tensor metadata", () => {
  expect(differences(signature, { inputs: [], outputs: [] })).toEqual([]);
});

test.each([
  ["The engine has no input 'x'. Available: 'image'.", x({ name: "image" })],
  ["The engine requires input 'image', which the version does not have", x({ name: "image" })],
  ["The input 'x' is FP32 in the version but FP64 on the engine", x({ datatype: "FP64" })],
  ["has shape [-1,4] in the version but [-1,5] on the engine", x({ shape: [-1, 5] })],
  ["has shape [-1,4] in the version but [1,4] on the engine", x({ shape: [1, 4] })],
  ["has shape [-1,4] in the version but [-1] on the engine", x({ shape: [-1] })],
  [
    "The engine has no output 'y'. Available: 'label'.",
    { ...same, outputs: [{ name: "label", datatype: "INT64", shape: [-1] }] },
  ],
])("reports: %s", (sentence, remote) => {
  expect(differences(signature, remote).join(" ")).toContain(sentence);
});
