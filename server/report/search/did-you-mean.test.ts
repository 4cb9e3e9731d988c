import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

const names = ["card-fraud", "parcel-damage", "store_demand v2", "eta"];

test.each([
  ["fruad", "fraud"],
  ["card-frad", "card-fraud"],
  ["damge", "damage"],
  ["Deman", "demand"],
  ["parsel", "parcel"],
])("suggests the closest word for %j", (query, word) => {
  expect(didYouMean(query, names)).toBe(word);
});

test.each(["fr", "zzz-there-is-none", "fraud", ""])("suggests nothing for %j", (query) => {
  expect(didYouMean(query, names)).toBeUndefined();
});

test("compares no query that is longer than names are, which would take seconds", () => {
  const long = "parcel-damage".repeat(15);
  expect(didYouMean(long, [`${long.slice(0, -1)}z`])).toBeUndefined();
});
