import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { compareTensors } from "./compare-tensors.ts";

const floats = (values: number[], shape = [1, values.length], name = "y"): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  data: Float32Array.from(values),
});
const texts = (...data: string[]): Tensor => ({ name: "label", datatype: "BYTES", shape: [data.length], data });
const same = { problem: undefined, isFlip: false, exceedsTolerance: false, maxDifference: 0, isInvalid: false };

test("compares classes by the highest value of a row, whatever the numeric distance", () => {
  expect(compareTensors([floats([0.75, 0.25])], [floats([0.5, 0.25])], 0)).toEqual({ ...same, maxDifference: 0.25 });
  const rows = [floats([0.75, 0.25, 0.25, 0.75], [2, 2])];
  expect(compareTensors(rows, [floats([0.75, 0.25, 0.75, 0.25], [2, 2])], 9)).toMatchObject({ isFlip: true });
});

test("reports a number as different beyond the tolerance, but ignores rounding near zero", () => {
  const one = (value: number) => [floats([value])];
  expect(compareTensors(one(100), one(104), 0.05)).toMatchObject({ exceedsTolerance: false, maxDifference: 4 });
  expect(compareTensors(one(100), one(106), 0.05)).toMatchObject({ exceedsTolerance: true, isFlip: false });
  expect(compareTensors(one(0), one(1e-7), 0)).toMatchObject({ exceedsTolerance: false });
});

test("reports texts as different if any element differs", () => {
  expect(compareTensors([texts("cat", "dog")], [texts("cat", "cow")], 0)).toMatchObject({ isFlip: true });
  expect(compareTensors([texts("cat")], [texts("cat")], 0)).toEqual(same);
});

test("reports NaN and infinity where the original output is finite", () => {
  const nan = [floats([Number.NaN, 0.5])];
  expect(compareTensors([floats([0.5, 0.5])], nan, 0)).toMatchObject({ isInvalid: true });
  expect(compareTensors(nan, nan, 0)).toMatchObject({ isInvalid: false, maxDifference: 0 });
  expect(compareTensors([floats([1], [1])], [floats([Number.POSITIVE_INFINITY, 1], [2])], 0)).toMatchObject({
    isInvalid: true,
  });
});

test("reports an output that is missing or has another type or rank, but ignores an additional one", () => {
  const problem = (now: Tensor[]) => compareTensors([floats([1, 2])], now, 0).problem;
  expect(problem([])).toBe("the output 'y' is missing");
  expect(problem([{ ...floats([1, 2]), datatype: "FP64" }])).toBe("the output 'y' is FP64 instead of FP32");
  expect(problem([floats([1, 2], [2])])).toBe("the output 'y' has 1 dimensions instead of 2");
  expect(problem([floats([1, 2]), texts("new")])).toBeUndefined();
});
