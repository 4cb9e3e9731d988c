import { expect, test } from "vitest";
import { withVersion } from "./versions-tag.ts";

const made = { name: "a, b: c", version: 3 };

test("the first version is written as Python writes it", () => {
  expect(withVersion(undefined, made)).toBe('[{"name": "a, b: c", "version": 3}]');
});

test("what clients wrote stays", () => {
  const value = '[{"name": "x", "version": 1}, {"name": "x", "version": "1", "more": [null, true]}]';
  expect(withVersion(value, made)).toBe(`${value.slice(0, -1)}, {"name": "a, b: c", "version": 3}]`);
});

test.each(["not JSON", '{"a":1}'])("%s is replaced", (value) => {
  expect(withVersion(value, made)).toBe('[{"name": "a, b: c", "version": 3}]');
});
