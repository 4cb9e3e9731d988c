import { expect, test } from "vitest";
import { inputHash } from "./input-hash.ts";

test("the order of members does not matter, at any depth; the order of lists and the types do", () => {
  const hash = inputHash({ question: "why", context: { a: 1, b: [1, 2] } });
  expect(inputHash({ context: { b: [1, 2], a: 1 }, question: "why" })).toBe(hash);
  expect(inputHash({ question: "why", context: { a: 1, b: [2, 1] } })).not.toBe(hash);
  expect(inputHash({ question: "why", context: { a: "1", b: [1, 2] } })).not.toBe(hash);
  expect(inputHash({ a: { members: [] } })).not.toBe(inputHash({ a: {} }));
});
