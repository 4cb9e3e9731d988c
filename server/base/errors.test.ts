import { expect, test } from "vitest";
import { DomainError } from "./errors.ts";

test("recognises an error of another copy of the class", () => {
  class Copy extends Error {
    readonly code = "invalid";
    override name = "DomainError";
  }
  expect(new DomainError("invalid", "x")).toBeInstanceOf(DomainError);
  expect(new Copy("x")).toBeInstanceOf(DomainError);
  expect(new Error("x")).not.toBeInstanceOf(DomainError);
  expect({ name: "DomainError", code: "invalid" }).not.toBeInstanceOf(DomainError);
});
