import { expect, test } from "vitest";
import { describeDifference } from "./describe-difference.ts";

test("describes only differences, and marks values that were not set", () => {
  const words = describeDifference({ share: 0.1, kept: 0 }, { share: 0.5, kept: 0, note: "x" });
  expect(words).toEqual({ before: "share 0.1, note not set", after: "share 0.5, note x" });
});

test("counts fields beyond four, and truncates long values", () => {
  const after = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  expect(describeDifference({}, after).after).toBe("a 1, b 2, c 3, d 4 and 2 more");
  expect(describeDifference(null, "y".repeat(100)).after).toHaveLength(80);
});

test("joins lists of words, and counts nested values instead of showing JSON", () => {
  const words = describeDifference(
    { gates: [], protectedAliases: ["champion"] },
    { gates: [{ kind: "metadata" }, { kind: "signature" }], protectedAliases: ["champion", "canary"] },
  );
  expect(words.before).toBe("gates none, protected aliases champion");
  expect(words.after).toBe("gates 2 entries, protected aliases champion, canary");
});

test("returns null for equal or unknown values", () => {
  expect(describeDifference({ a: 1 }, { a: 1 })).toEqual({ before: null, after: null });
  expect(describeDifference(undefined, null)).toEqual({ before: null, after: null });
});
