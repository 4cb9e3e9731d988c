import { expect, test } from "vitest";
import { withVersion } from "./versions-tag.ts";

const made = { name: "a, b: c", version: 3 };

test("writes the first version in the format of Python", () => {
  expect(withVersion(undefined, made)).toBe('[{"name": "a, b: c", "version": 3}]');
});

test("keeps values written by clients", () => {
  const value = '[{"name": "x", "version": 1}, {"name": "x", "version": "1", "more": [null, true]}]';
  expect(withVersion(value, made)).toBe(`${value.slice(0, -1)}, {"name": "a, b: c", "version": 3}]`);
});

test.each(["not JSON", '{"a":1}'])("replaces the invalid value %s", (value) => {
  expect(withVersion(value, made)).toBe('[{"name": "a, b: c", "version": 3}]');
});
