import { expect, it } from "vitest";
import { trimEndOf, trimOf, trimStartOf, trimZeros } from "./trim-of.ts";

it("removes a repeated character from one end or both", () => {
  expect([trimOf("--a-b--", "-"), trimStartOf("//a/", "/"), trimEndOf("//a//", "/")]).toEqual(["a-b", "a/", "//a"]);
  expect([trimOf("---", "-"), trimOf("", "-"), trimEndOf("a", "/")]).toEqual(["", "", "a"]);
});

it("removes zeros at the end of a fraction only", () => {
  expect(["1.50", "2.00", "100", "0.0", "-3.010"].map(trimZeros)).toEqual(["1.5", "2", "100", "0", "-3.01"]);
});
