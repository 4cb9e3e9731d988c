import { expect, test } from "vitest";
import { readFields } from "./shown-fields.ts";

test("shows the fields of a row in their order, and what is missing as a dash", () => {
  const row = { amount: 412.8, id: 84_112_000_001, city: "Tampere", ip: null, tags: ["a"], share: 0.1 + 0.2 };
  expect(readFields(row, "data").map(({ name, text }) => `${name}: ${text}`)).toEqual([
    "amount: 412.8",
    "id: 84112000001",
    "city: Tampere",
    "ip: –",
    'tags: ["a"]',
    "share: 0.3",
  ]);
});

test("shows a single value under the name of its field", () => {
  expect(readFields(3, "weight")).toEqual([{ name: "weight", text: "3" }]);
});
