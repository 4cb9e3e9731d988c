import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { classify } from "./classify.ts";

const floats = (shape: number[], values: number[]): Tensor => ({
  name: "y",
  datatype: "FP32",
  shape,
  data: Float32Array.from(values),
});

test("returns the highest values of each row, highest first, formatted like C++ floats", () => {
  expect(classify(floats([2, 3], [0, 3.3, 3, -1, -2, 0.5]), 2, true)).toEqual({
    name: "y",
    datatype: "BYTES",
    shape: [2, 2],
    data: ["3.300000:1", "3.000000:2", "0.500000:2", "-1.000000:0"],
  });
});

test("orders equal values by index, however many are requested", () => {
  const values = Array.from({ length: 300 }, (_, index) => index % 3);
  const few = classify(floats([1, 300], values), 5, true).data as string[];
  const many = classify(floats([1, 300], values), 200, true).data as string[];
  expect(few).toEqual([2, 5, 8, 11, 14].map((index) => `2.000000:${index}`));
  expect(many.slice(0, 5)).toEqual(few);
  expect(many[100]).toBe("1.000000:1");
});

test("treats the whole output as one row without a batch dimension", () => {
  expect(classify(floats([2, 2], [1, 4, 2, 3]), 9, false)).toMatchObject({
    shape: [4],
    data: ["4.000000:1", "3.000000:3", "2.000000:2", "1.000000:0"],
  });
});

test("formats integers without decimals, appends labels if any, and sorts NaN last", () => {
  const longs: Tensor = { name: "y", datatype: "INT64", shape: [1, 2], data: BigInt64Array.of(1n, 2n ** 60n) };
  expect(classify(longs, 2, true, ["cat", "dog"]).data).toEqual(["1152921504606846976:1:dog", "1:0:cat"]);
  const odd = floats([1, 4], [Number.NaN, -Infinity, Infinity, 1e30]);
  expect(classify(odd, 4, true).data).toEqual(["inf:2", "1000000015047466219876688855040.000000:3", "-inf:1", "nan:0"]);
});

test("returns no classes for no rows, and rejects a row of more than a million values", () => {
  expect(classify(floats([0, 3], []), 2, true)).toMatchObject({ shape: [0, 0], data: [] });
  expect(() => classify(floats([1, 1_000_001], Array(1_000_001).fill(0)), 1, true)).toThrow("too many to classify");
});
