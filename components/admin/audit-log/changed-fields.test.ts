import { expect, test } from "vitest";
import { changedFields } from "./changed-fields.ts";

test("lists changed fields first, then unchanged ones", () => {
  expect(changedFields({ name: "a", role: "viewer" }, { name: "a", role: "admin" })).toEqual([
    { name: "role", before: "viewer", after: "admin", changed: true },
    { name: "name", before: "a", after: "a", changed: false },
  ]);
});

test("marks an added or removed field as missing on one side, unlike null", () => {
  expect(changedFields({ gone: 1 }, { come: null })).toEqual([
    { name: "gone", before: "1", after: undefined, changed: true },
    { name: "come", before: undefined, after: "null", changed: true },
  ]);
});

test("returns no fields without values, and a single field for a plain value", () => {
  expect(changedFields(null, undefined)).toEqual([]);
  expect(changedFields([1], [2])).toEqual([{ name: "", before: "[1]", after: "[2]", changed: true }]);
});
