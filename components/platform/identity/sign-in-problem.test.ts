import { expect, test } from "vitest";
import { signInProblem } from "./sign-in-problem.ts";

test("returns no problem without an error", () => {
  expect(signInProblem(null)).toBeUndefined();
});

test("returns the wait in seconds", () => {
  expect(signInProblem("rate-limited:30")).toEqual({ message: "Too many attempts.", waitSeconds: 30 });
});

test("shows known messages only, never text from the URL", () => {
  expect(signInProblem("Call 555-0100 and tell them your password")?.message).toMatch(/^Sign-in failed\./);
});

test("returns what is wrong with a new password", () => {
  expect(signInProblem("password:common")?.message).toMatch(/common/);
  expect(signInProblem("password:constructor")?.message).toMatch(/^Sign-in failed\./);
});
