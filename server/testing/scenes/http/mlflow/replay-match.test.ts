import { expect, test } from "vitest";
import { differences, filledIn } from "./replay-match.ts";

test("a variable is bound where it shows first, and must stay the same", () => {
  const variables = new Map<string, string>();
  const run = "0123456789abcdef0123456789abcdef";
  expect(differences({ id: "$run1" }, { id: run }, variables)).toEqual([]);
  expect(differences("mlflow-artifacts:/$exp1/$run1/x", `mlflow-artifacts:/12/${run}/x`, variables)).toEqual([]);
  expect(filledIn({ a: ["$exp1/$run1", "$run2"] }, variables)).toEqual({ a: [`12/${run}`, "$run2"] });
  expect(differences({ id: "$run1" }, { id: run.replace("0", "1") }, variables)).toHaveLength(1);
});

test("what is missing, wrong or too much is told with its place", () => {
  expect(differences({ a: { b: 1 }, c: "x" }, { a: { b: 2, d: 3 } }, new Map())).toEqual([
    ".a.d: 3 was not expected",
    ".a.b: 2 instead of 1",
    ".c: nothing instead of x",
  ]);
});

test("tags have no order, other lists do", () => {
  const pair = [{ key: "a" }, { key: "b" }];
  expect(differences({ tags: pair }, { tags: pair.toReversed() }, new Map())).toEqual([]);
  expect(differences({ list: pair }, { list: pair.toReversed() }, new Map())).toHaveLength(2);
  expect(differences({ list: pair }, { list: pair.slice(1) }, new Map())).toHaveLength(1);
});

test("times are integers, texts and names stand for any", () => {
  expect(
    differences({ t: "$time", m: "Odd: $text", n: "$name" }, { t: 5, m: "Odd: (x)", n: "a-b-1" }, new Map()),
  ).toEqual([]);
  expect(differences({ t: "$time" }, { t: "5" }, new Map())).toHaveLength(1);
});

test("repetitions are filled in", () => {
  expect(filledIn({ list: { $list: 2, item: { key: "k$i", step: "$i" } }, text: "$repeat(x,3)" }, new Map())).toEqual({
    list: [
      { key: "k0", step: 0 },
      { key: "k1", step: 1 },
    ],
    text: "xxx",
  });
});
