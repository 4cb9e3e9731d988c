import { expect, test } from "vitest";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { InputSpec } from "../tensors/elements.ts";
import { formatRequest, parseRequest, toRequest } from "./request.ts";

const specs: TensorSpec[] = [
  { name: "carrier", datatype: "BYTES", shape: ["N", 1] },
  { name: "delay", datatype: "FP32", shape: ["N", 1] },
  { name: "grid", datatype: "INT32", shape: ["N", 2, 9] },
];
const values = {
  carrier: { shape: [1, 1], data: ['U"A'] },
  delay: { shape: [1, 1], data: [-2.5] },
  grid: { shape: [1, 2, 9], data: Array.from({ length: 18 }, (_, index) => index) },
};
const text = formatRequest(toRequest(specs, values));

test("round-trips values through JSON", () => {
  expect(parseRequest(specs, text)).toEqual({ values });
});

test("writes each row of a grid on its own line", () => {
  expect(text).toContain("\n      0, 1, 2, 3, 4, 5, 6, 7, 8,\n      9, 10,");
});

test("reads nested data as the same elements", () => {
  const nested = JSON.stringify({
    inputs: [
      {
        name: "x",
        datatype: "FP32",
        shape: [2, 2],
        data: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
  });
  expect(parseRequest([{ name: "x", datatype: "FP32", shape: ["N", 2] }], nested)).toEqual({
    values: { x: { shape: [2, 2], data: [1, 2, 3, 4] } },
  });
});

test.each([
  ["a comma too many", text.replace("[-2.5]", "[-2.5,]"), /^Invalid JSON: expected a value\.$/, 7],
  ["another type", text.replace('"FP32"', '"FP64"'), /^delay: expected datatype FP32\.$/, 5],
  ["another shape", text.replace(/("delay",\s+"shape": )\[1, 1\]/, "$1[1, 2]"), /^delay: expected shape \[N, 1\]/, 5],
  ["too few elements", text.replace("[-2.5]", "[]"), /^delay: expected 1\selement, got 0\.$/, 5],
  ["a text for a number", text.replace("[-2.5]", '["late"]'), /^delay: element 1: enter a number\.$/, 5],
  [
    "an unknown input",
    text.replace('"delay"', '"dely"'),
    /^The model has no input "dely"\. Available inputs: carrier, delay, grid\.$/,
    5,
  ],
  ["no list", "{}", /^Expected a list "inputs"\.$/, 1],
])("reports %s with its line", (_, broken, message, line) => {
  expect(parseRequest(specs, broken)).toEqual(
    expect.objectContaining({ message: expect.stringMatching(message), line }),
  );
});

test("reports a missing input", () => {
  const broken = formatRequest(toRequest(specs.slice(1), values));
  expect(parseRequest(specs, broken)).toMatchObject({ message: '"carrier" is missing.' });
});

test("marks a file as base64, and reads it back from its JSON", () => {
  const specs: InputSpec[] = [{ name: "picture", datatype: "BYTES", shape: ["N"], file: { isGrey: true } }];
  const values = { picture: { shape: [1], data: ["iVBORw=="] } };
  const request = toRequest(specs, values);
  expect(request).toEqual({
    inputs: [
      { name: "picture", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" }, data: ["iVBORw=="] },
    ],
  });
  expect(parseRequest(specs, formatRequest(request))).toEqual({ values });
});
