import { expect, test } from "vitest";
import { isFailure, nextTry } from "./next-try.ts";

const answered = (status: number, retryAfterSeconds?: number) => ({
  kind: "answered" as const,
  status,
  retryAfterSeconds,
});
const first = { tries: 1, leftMs: 10_000 };

test("a connection that was lost is tried again, three times in all, with growing pauses", () => {
  const lost = { kind: "lost" as const, message: "connect ECONNREFUSED" };
  expect([1, 2, 3].map((tries) => nextTry(lost, { tries, leftMs: 10_000 }))).toEqual([20, 80, undefined]);
  expect(nextTry(lost, { tries: 1, leftMs: 20 })).toBeUndefined();
});

test("503 is tried again when the engine says when, and that is before the deadline", () => {
  expect(nextTry(answered(503, 2), first)).toBe(2000);
  expect(nextTry(answered(503, 0), first)).toBe(20);
  expect(nextTry(answered(503, 10), first)).toBeUndefined();
  expect(nextTry(answered(503), first)).toBeUndefined();
});

test.each([200, 400, 404, 429, 500, 502, 504])("%i is not tried again", (status) => {
  expect(nextTry(answered(status, 1), first)).toBeUndefined();
});

test("what took too long is not tried again", () => {
  expect(nextTry({ kind: "late" }, first)).toBeUndefined();
});

test("an answer that blames the request does not speak against the engine", () => {
  expect([200, 400, 413, 422, 429].some((status) => isFailure(answered(status)))).toBe(false);
  expect([301, 401, 404, 500, 503].every((status) => isFailure(answered(status)))).toBe(true);
  expect(isFailure({ kind: "late" })).toBe(true);
});
