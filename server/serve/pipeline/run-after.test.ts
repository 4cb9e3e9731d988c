import { expect, test } from "vitest";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { runAfter } from "./run-after.ts";

function run(
  values: number[],
  shape: number[],
  steps: unknown[],
  fileLabels?: string[],
  datatype: "FP32" | "FP64" = "FP64",
) {
  const [part] = Pipeline.parse({ after: [{ name: "answer", from: "y", steps }] }).after;
  if (!part) throw new Error("No part.");
  const data = datatype === "FP64" ? Float64Array.from(values) : Float32Array.from(values);
  const output: Tensor = { name: "y", datatype, shape, data };
  return runAfter(part, output, fileLabels);
}

// numpy 2.4.6 in float64.
const shares = [0.09003057317038046, 0.24472847105479764, 0.6652409557748218];

test("computes the softmax of 1, 2, 3 per row, even where the exponentials would overflow", () => {
  const { data, shape, datatype, name } = run([1, 2, 3, 1000, 1001, 1002], [2, 3], [{ step: "softmax" }]);
  expect({ shape, datatype, name }).toEqual({ shape: [2, 3], datatype: "FP64", name: "answer" });
  for (const [index, value] of [...(data as Float64Array)].entries()) {
    expect(value).toBeCloseTo(shares[index % 3] as number, 14);
  }
});

test("computes the sigmoid of 0 and 2, and of extreme values", () => {
  const { data } = run([0, 2, -800, 800], [4, 1], [{ step: "sigmoid" }]);
  expect([...(data as Float64Array)]).toEqual([0.5, 0.8807970779778823, 0, 1]);
});

test("returns the first of equal values as argmax and never NaN", () => {
  const { data, shape, datatype } = run([1, 3, 3, Number.NaN, 0, -1], [2, 3], [{ step: "argmax" }]);
  expect({ data, shape, datatype }).toEqual({ data: BigInt64Array.of(1n, 1n), shape: [2], datatype: "INT64" });
});

test("rejects argmax of a row of NaN and names the row", () => {
  expect(() => run([Number.NaN, Number.NaN], [1, 2], [{ step: "argmax" }])).toThrow("output 'y' has NaN in row 0");
});

test("returns the indices and values of the top three, best first", () => {
  const values = [0.1, 0.4, 0.3, 0.2];
  expect(run(values, [1, 4], [{ step: "top-k", k: 3, give: "classes" }]).data).toEqual(BigInt64Array.of(1n, 2n, 3n));
  const { data, shape } = run(values, [1, 4], [{ step: "top-k", k: 3, give: "values" }]);
  expect([...(data as Float64Array)]).toEqual([0.4, 0.3, 0.2]);
  expect(shape).toEqual([1, 3]);
});

test("prefers labels of the step over labels of the file", () => {
  const steps = (labels?: string[]) => [{ step: "argmax" }, { step: "labels", labels }];
  expect(run([0, 1], [1, 2], steps(["no", "yes"]), ["a", "b"]).data).toEqual(["yes"]);
  expect(run([0, 1], [1, 2], steps(), ["a", "b"])).toEqual({
    name: "answer",
    datatype: "BYTES",
    shape: [1],
    data: ["b"],
  });
});

test("includes the threshold value itself", () => {
  const { data } = run([0.49, 0.5, 0.51], [3, 1], [{ step: "threshold", at: 0.5 }]);
  expect(data).toEqual(BigInt64Array.of(0n, 1n, 1n));
});

test("preserves the datatype when rounding", () => {
  const { data, datatype } = run([0.12345, 2], [1, 2], [{ step: "round", digits: 2 }], undefined, "FP32");
  expect(datatype).toBe("FP32");
  expect(data).toEqual(Float32Array.of(0.12, 2));
});
