import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { checkOutputs } from "./check-outputs.ts";
import { copyOutputs, outputsDiffer } from "./outputs-differ.ts";
import { isComparable, pairPeeks, type Side } from "./pairs.ts";

const floats = (values: number[], shape = [1, values.length], name = "y"): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  data: new Float32Array(values),
});
const classes = { outputBins: null, binnedOutput: null };
const numbers = { outputBins: [0, 10], binnedOutput: null };
const side = (values: Partial<Side> = {}): Side => ({
  status: 200,
  latencyMs: 5,
  isInvalid: false,
  outputs: [floats([0.1, 0.9])],
  ...values,
});
const rules = {
  ...classes,
  metrics: ["errors", "client-errors", "slow", "invalid-outputs", "disagreement"] as const,
  slowMs: 100,
};
const evaluations = (stable: Side, canary: Side) =>
  Object.fromEntries(
    pairPeeks(stable, canary, { ...rules, metrics: [...rules.metrics] }).map(({ metric, isEvent, isMiss }) => [
      metric,
      isEvent ? "event" : isMiss ? "miss" : "same",
    ]),
  );

test("counts a pair for the version that alone failed", () => {
  expect(evaluations(side(), side())).toEqual({
    errors: "same",
    "client-errors": "same",
    slow: "same",
    "invalid-outputs": "same",
    disagreement: "same",
  });
  const failed = side({ status: 500, outputs: undefined });
  expect(evaluations(side(), failed)).toMatchObject({ errors: "event" });
  expect(evaluations(failed, side())).toMatchObject({ errors: "miss" });
  expect(evaluations(failed, failed)).toMatchObject({ errors: "same" });
  expect(evaluations(side(), side({ status: 400, outputs: undefined }))).toMatchObject({
    errors: "same",
    "client-errors": "event",
  });
  expect(evaluations(side(), side({ latencyMs: 101 }))).toMatchObject({ slow: "event" });
  expect(evaluations(side({ isInvalid: true }), side())).toMatchObject({ "invalid-outputs": "miss" });
});

test("compares outputs only if both exist and only for metrics of the rollout", () => {
  expect(evaluations(side(), side({ outputs: [floats([0.9, 0.1])] }))).toMatchObject({ disagreement: "event" });
  expect(evaluations(side(), side({ status: 500, outputs: undefined })).disagreement).toBeUndefined();
  expect(pairPeeks(side(), side(), { ...rules, metrics: ["cost"] })).toEqual([]);
});

test("excludes cancelled and rejected requests from the comparison", () => {
  expect([200, 400, 500, 504].map(isComparable)).toEqual([true, true, true, true]);
  expect([499, 503, 429, 413].map(isComparable)).toEqual([false, false, false, false]);
});

test("compares classes row by row, and numbers beyond kernel rounding", () => {
  expect(outputsDiffer([floats([0.4, 0.6])], [floats([0.1, 0.9])], classes)).toBe(false);
  expect(outputsDiffer([floats([0.4, 0.6])], [floats([0.1, 0.9])], numbers)).toBe(true);
  expect(outputsDiffer([floats([0, 1, 1, 0], [2, 2])], [floats([0, 1, 0, 1], [2, 2])], classes)).toBe(true);
  expect(outputsDiffer([floats([1])], [floats([1.0005])], classes)).toBe(false);
  expect(outputsDiffer([floats([1])], [floats([1.01])], classes)).toBe(true);
  expect(outputsDiffer([floats([Number.NaN])], [floats([Number.NaN])], numbers)).toBe(false);
  expect(outputsDiffer([floats([1])], [floats([Number.NaN])], numbers)).toBe(true);
  expect(outputsDiffer([floats([1])], [floats([1, 2])], numbers)).toBe(true);
});

test("compares texts and integers for equality, and ignores outputs of only one version", () => {
  const text = (data: string[]): Tensor => ({ name: "label", datatype: "BYTES", shape: [data.length], data });
  expect(outputsDiffer([text(["a"])], [text(["a"])], classes)).toBe(false);
  expect(outputsDiffer([text(["a"])], [text(["b"])], classes)).toBe(true);
  expect(outputsDiffer([text(["a"])], [floats([1])], classes)).toBe(false);
  const named = { ...classes, binnedOutput: "label" };
  expect(outputsDiffer([text(["a"]), floats([0, 1])], [text(["a"]), floats([1, 0])], named)).toBe(false);
});

test("copies outputs out of transferred buffers, up to a maximum size", () => {
  const prediction = floats(Array.from({ length: 10_000 }, (_, at) => at));
  const [kept] = copyOutputs([prediction]);
  (prediction.data as Float32Array)[0] = 99;
  expect([kept?.data[0], kept?.data.length]).toEqual([0, 4096]);
});

const evaluated = { outputRange: null, outputBins: null, binnedOutput: null };
test("reports NaN, infinite and out-of-range values as invalid, including half precision", () => {
  const invalid = (values: number[], range: { low: number; high: number } | null = null) =>
    checkOutputs([floats(values)], { ...evaluated, outputRange: range }, undefined).isInvalid;
  expect(invalid([0, 1])).toBe(false);
  expect(invalid([0, Number.NaN])).toBe(true);
  expect(invalid([Number.NEGATIVE_INFINITY])).toBe(true);
  expect(invalid([0, 1.5], { low: 0, high: 1 })).toBe(true);
  expect(invalid([0, 1], { low: 0, high: 1 })).toBe(false);
  const halves: Tensor = { name: "y", datatype: "FP16", shape: [1], data: new Uint16Array([0x7e00]) };
  expect(checkOutputs([halves], evaluated, undefined).isInvalid).toBe(true);
  const text: Tensor = { name: "y", datatype: "BYTES", shape: [1], data: ["NaN"] };
  expect(checkOutputs([text], evaluated, undefined).isInvalid).toBe(false);
});

test("assigns an output to the bin of its class or number", () => {
  const bin = (output: Tensor, rules = {}, labels?: string[]) =>
    checkOutputs([output], { ...evaluated, ...rules }, labels).bin;
  expect(bin(floats([0.1, 0.2, 0.7]))).toBe(2);
  expect(bin(floats([0, 1, 1, 0], [2, 2]))).toBe(1);
  expect(bin({ name: "y", datatype: "INT64", shape: [1], data: new BigInt64Array([4n]) })).toBe(4);
  expect(bin({ name: "y", datatype: "BYTES", shape: [1], data: ["cat"] }, {}, ["dog", "cat"])).toBe(1);
  expect(bin({ name: "y", datatype: "BYTES", shape: [1], data: ["cow"] }, {}, ["dog", "cat"])).toBeUndefined();
  expect(bin(floats([0.5]))).toBeUndefined();
  for (const [value, expected] of [
    [-5, 0],
    [0, 0],
    [3, 1],
    [99, 2],
  ] as const) {
    expect(bin(floats([value]), { outputBins: [0, 10] })).toBe(expected);
  }
  expect(bin(floats([Number.NaN]), { outputBins: [0] })).toBeUndefined();
  expect(bin(floats([1, 0]), { binnedOutput: "other" })).toBeUndefined();
});
