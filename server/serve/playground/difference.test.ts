import { expect, test } from "vitest";
import { differenceOf } from "./difference.ts";

const labels = ["cat", "dog", "owl"];
const tensor = (data: (number | string | boolean)[], shape = [data.length / 3, 3]) => [
  { name: "y", datatype: "FP32", shape, data },
];

test("returns the largest difference with its index, the difference per class and the top class agreement", () => {
  const [found] = differenceOf(tensor([0.7, 0.2, 0.1, 0.1, 0.5, 0.4]), tensor([0.6, 0.3, 0.1, 0.1, 0.3, 0.6]), labels);
  expect(found).toMatchObject({
    rows: 2,
    elements: 6,
    differing: 4,
    areProbabilities: true,
    maxAbsolute: expect.closeTo(0.2, 12),
    meanAbsolute: expect.closeTo(0.6 / 6, 12),
    maxRelative: expect.closeTo(0.4, 12),
    at: { row: 1, label: "dog" },
    agreement: { same: 1, rows: 2 },
  });
  expect(found?.byClass).toEqual([
    {
      label: "cat",
      maxAbsolute: expect.closeTo(0.1),
      meanAbsolute: expect.closeTo(0.05),
      signed: expect.closeTo(-0.05),
    },
    {
      label: "dog",
      maxAbsolute: expect.closeTo(0.2),
      meanAbsolute: expect.closeTo(0.15),
      signed: expect.closeTo(-0.05),
    },
    { label: "owl", maxAbsolute: expect.closeTo(0.2), meanAbsolute: expect.closeTo(0.1), signed: expect.closeTo(0.1) },
  ]);
  expect(found?.byRow[1]).toMatchObject({ a: "dog", b: "owl", isSame: false });
});

test("returns no difference for equal outputs, and a full relative difference against zero", () => {
  expect(differenceOf(tensor([1, 2, 3]), tensor([1, 2, 3]), undefined)[0]).toMatchObject({
    differing: 0,
    maxAbsolute: 0,
    maxRelative: 0,
    agreement: null,
  });
  expect(differenceOf(tensor([0, -2, 3]), tensor([5, -2, 3]), undefined)[0]).toMatchObject({
    differing: 1,
    maxAbsolute: 5,
    maxRelative: 1,
    at: { row: 0, label: "0" },
  });
});

test("compares 64-bit integers as numbers and texts by equality, and gives NaN no distance", () => {
  const big = [{ name: "n", datatype: "INT64", shape: [1], data: ["9007199254740995"] }];
  expect(differenceOf(big, big, undefined)[0]).toMatchObject({ maxAbsolute: 0, agreement: null });
  const word = (data: string[]) => [{ name: "w", datatype: "BYTES", shape: [2], data }];
  expect(differenceOf(word(["a", "b"]), word(["a", "c"]), undefined)[0]).toMatchObject({
    differing: 1,
    maxAbsolute: null,
    agreement: { same: 1, rows: 2 },
  });
  expect(differenceOf(tensor(["NaN", 1, 2]), tensor([0, 1, 2]), labels)[0]).toMatchObject({
    differing: 1,
    maxAbsolute: null,
    at: null,
  });
});

test("caps differences at a finite number because JSON has no infinity", () => {
  const far = (sign: number) => tensor([sign * 1.7e308, sign * 1.7e308, 0]);
  expect(differenceOf(far(-1), far(1), undefined)[0]).toMatchObject({
    maxAbsolute: Number.MAX_VALUE,
    meanAbsolute: Number.MAX_VALUE,
    byClass: [{ signed: Number.MAX_VALUE }, { signed: Number.MAX_VALUE }, { signed: 0 }],
  });
});

test("gives the reason when outputs cannot be compared", () => {
  const [only] = differenceOf(tensor([1, 2, 3]), [], undefined);
  expect(only?.problem).toBe("Only one of the versions has this output.");
  expect(differenceOf(tensor([1, 2, 3]), tensor([1, 2, 3], [3]), undefined)[0]?.problem).toBe(
    "The shapes are [1, 3] and [3].",
  );
  const large = [{ name: "y", datatype: "FP32", shape: [1, 3] }];
  expect(differenceOf(large, tensor([1, 2, 3]), undefined)[0]?.problem).toContain("Too large");
});

test("compares a scalar without rows, and outputs with no rows", () => {
  const scalar = (value: number) => [{ name: "s", datatype: "FP32", shape: [], data: [value] }];
  expect(differenceOf(scalar(1), scalar(1.5), undefined)[0]).toMatchObject({
    rows: 1,
    maxAbsolute: 0.5,
    maxRelative: expect.closeTo(1 / 3),
  });
  expect(differenceOf(tensor([], [0, 3]), tensor([], [0, 3]), labels)[0]).toMatchObject({
    rows: 0,
    elements: 0,
    maxAbsolute: null,
  });
});
