import { expect, test } from "vitest";
import { ranked } from "./rank-differences.ts";

const order = (rows: Record<string, (string | number | undefined)[]>) =>
  ranked(Object.entries(rows).map(([label, values]) => ({ label, values }))).map(({ label }) => label);

test("ranks by distinct values, then numeric distance, then partly missing, then equal values", () => {
  expect(
    order({
      alike: ["1", "1", "1"],
      some: ["1", undefined, "1"],
      near: ["0.90", "0.91", "0.90"],
      far: ["0.1", "0.001", "0.1"],
      word: ["adam", "sgd", "adam"],
      three: ["1", "2", "3"],
      none: [undefined, undefined, undefined],
    }),
  ).toEqual(["three", "far", "word", "near", "some", "alike", "none"]);
});

test("ranks extreme numbers and NaN, and breaks ties by name", () => {
  expect(order({ b: [1, 2], a: [1, 2] })).toEqual(["a", "b"]);
  expect(order({ near: [1, 1.1], whole: [-Number.MAX_VALUE, Number.MAX_VALUE], nan: [1, "NaN"] })).toEqual([
    "whole",
    "nan",
    "near",
  ]);
});
