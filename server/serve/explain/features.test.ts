import { expect, test } from "vitest";
import type { GivenInput } from "../protocol/contract.ts";
import { featuresOf, requestOf, rowOf } from "./features.ts";

const carrier: GivenInput = { name: "carrier", datatype: "BYTES", shape: [1, 1], data: ["HA"] };
const sizes: GivenInput = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] };

test("names features by their input and index", () => {
  expect(featuresOf([carrier, sizes]).map(({ name }) => name)).toEqual(["carrier", "x[0]", "x[1]"]);
  expect(rowOf([carrier, sizes])).toEqual(["HA", 1, 2]);
});

test("combines rows into one request", () => {
  const rows = [
    ["HA", 1, 2],
    ["DL", 3, 4],
  ];
  expect(requestOf([carrier, sizes], rows)).toEqual([
    { name: "carrier", datatype: "BYTES", shape: [2, 1], data: ["HA", "DL"], binarySize: undefined },
    { name: "x", datatype: "FP32", shape: [2, 2], data: [1, 2, 3, 4], binarySize: undefined },
  ]);
});

test("rejects several rows, files and pixels, with a fix", () => {
  expect(() => featuresOf([{ ...sizes, shape: [2, 1] }])).toThrow("x has 2 rows. Only a single row");
  const file = { ...carrier, parameters: { content_type: "base64" } };
  expect(() => featuresOf([file])).toThrow("Use occlusion instead");
  expect(() => featuresOf([{ ...sizes, shape: [1, 200], data: new Array(200).fill(0) }])).toThrow("200 features");
  expect(() => featuresOf([])).toThrow("The inputs are empty");
});
