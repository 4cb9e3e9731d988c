import { expect, test } from "vitest";
import { inputHash } from "./input-hash.ts";

test("ignores the order of members at any depth, but not the order of lists or the types", () => {
  const hash = inputHash({ question: "why", context: { a: 1, b: [1, 2] } });
  expect(inputHash({ context: { b: [1, 2], a: 1 }, question: "why" })).toBe(hash);
  expect(inputHash({ question: "why", context: { a: 1, b: [2, 1] } })).not.toBe(hash);
  expect(inputHash({ question: "why", context: { a: "1", b: [1, 2] } })).not.toBe(hash);
  expect(inputHash({ a: { members: [] } })).not.toBe(inputHash({ a: {} }));
});
