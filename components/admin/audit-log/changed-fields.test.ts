import { expect, test } from "vitest";
import { changedFields } from "./changed-fields.ts";

test("what differs comes first, what stayed after it", () => {
  expect(changedFields({ name: "a", role: "viewer" }, { name: "a", role: "admin" })).toEqual([
    { name: "role", before: "viewer", after: "admin", changed: true },
    { name: "name", before: "a", after: "a", changed: false },
  ]);
});

test("a field that came or went is missing on one side, and null is not missing", () => {
  expect(changedFields({ gone: 1 }, { come: null })).toEqual([
    { name: "gone", before: "1", after: undefined, changed: true },
    { name: "come", before: undefined, after: "null", changed: true },
  ]);
});

test("nothing on both sides has no fields; a plain value is one", () => {
  expect(changedFields(null, undefined)).toEqual([]);
  expect(changedFields([1], [2])).toEqual([{ name: "", before: "[1]", after: "[2]", changed: true }]);
});
