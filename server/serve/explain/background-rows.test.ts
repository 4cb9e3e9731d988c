import { expect, test } from "vitest";
import type { GivenInput } from "../protocol/contract.ts";
import { drawRows, indicesOf, meanRow, rowOfRecorded, rowsFor, zeroRow } from "./background-rows.ts";
import { featuresOf } from "./features.ts";

const inputs: GivenInput[] = [
  { name: "carrier", datatype: "BYTES", shape: [1, 1], data: ["HA"] },
  { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] },
  { name: "day", datatype: "INT64", shape: [1, 1], data: [3] },
];

test("computes a mean row with means of floats, rounded means of integers and the most common text, and a zero row", () => {
  const rows = [
    ["HA", 1, 10, 1],
    ["DL", 2, 20, 2],
    ["DL", 6, 30, 2],
  ];
  expect(meanRow(inputs, rows)).toEqual(["DL", 3, 20, 2]);
  expect(zeroRow(inputs)).toEqual(["", 0, 0, 0]);
});

test("accepts a recorded request as a row if all its inputs are stored with type and size", () => {
  const kept = [
    { name: "day", datatype: "INT64", data: [5] },
    { name: "x", datatype: "FP32", data: [3, 4] },
    { name: "carrier", datatype: "BYTES", data: ["DL"] },
  ];
  expect(rowOfRecorded(inputs, kept)).toEqual(["DL", 3, 4, 5]);
  expect(rowOfRecorded(inputs, kept.slice(1))).toBeUndefined();
  expect(rowOfRecorded(inputs, [...kept.slice(1), { name: "day", datatype: "INT64" }])).toBeUndefined();
  expect(rowOfRecorded(inputs, [...kept.slice(1), { name: "day", datatype: "INT64", data: [1, 2] }])).toBeUndefined();
  expect(rowOfRecorded(inputs, null)).toBeUndefined();
});

test("samples distinct rows, the same for the same seed, up to the limit for all coalitions", () => {
  const rows = Array.from({ length: 100 }, (_, at) => [at]);
  const drawn = drawRows(rows, 32, 1);
  expect(new Set(drawn.map(([at]) => at)).size).toBe(32);
  expect(drawRows(rows, 32, 1)).toEqual(drawn);
  expect(drawRows(rows, 32, 2)).not.toEqual(drawn);
  expect(drawRows(rows.slice(0, 3), 32, 1)).toEqual([[0], [1], [2]]);
  expect([4, 11, 12, 13].map(rowsFor)).toEqual([32, 32, 16, 32]);
});

test("rejects a table without the required columns, by name", () => {
  const features = featuresOf(inputs);
  expect(indicesOf(features, ["day", "x[1]", "x[0]", "carrier"], "flights")).toEqual([3, 2, 1, 0]);
  expect(() => indicesOf(features, ["carrier"], "flights")).toThrow('"flights" has no column for x[0], x[1], day');
});
