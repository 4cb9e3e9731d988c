import { expect, test } from "vitest";
import { signInProblem } from "./sign-in-problem.ts";

test("no error is no problem", () => {
  expect(signInProblem(null)).toBeUndefined();
});

test("a wait is told in seconds", () => {
  expect(signInProblem("rate-limited:30")).toEqual({ message: "Too many attempts.", waitSeconds: 30 });
});

test("words from the address are never shown, only what is known", () => {
  expect(signInProblem("Call 555-0100 and tell them your password")?.message).toMatch(/^Sign-in failed\./);
});
