import { expect, test } from "vitest";
import { isFailure, nextTry } from "./next-try.ts";

const answered = (status: number, retryAfterSeconds?: number) => ({
  kind: "answered" as const,
  status,
  retryAfterSeconds,
});
const first = { tries: 1, leftMs: 10_000 };

test("retries a lost connection up to three attempts with growing delays", () => {
  const lost = { kind: "lost" as const, message: "connect ECONNREFUSED" };
  expect([1, 2, 3].map((tries) => nextTry(lost, { tries, leftMs: 10_000 }))).toEqual([20, 80, undefined]);
  expect(nextTry(lost, { tries: 1, leftMs: 20 })).toBeUndefined();
});

test("retries 503 after Retry-After if that is before the deadline", () => {
  expect(nextTry(answered(503, 2), first)).toBe(2000);
  expect(nextTry(answered(503, 0), first)).toBe(20);
  expect(nextTry(answered(503, 10), first)).toBeUndefined();
  expect(nextTry(answered(503), first)).toBeUndefined();
});

test.each([200, 400, 404, 429, 500, 502, 504])("does not retry %i", (status) => {
  expect(nextTry(answered(status, 1), first)).toBeUndefined();
});

test("does not retry a timeout", () => {
  expect(nextTry({ kind: "late" }, first)).toBeUndefined();
});

test("does not count a client error as an engine failure", () => {
  expect([200, 400, 413, 422, 429].some((status) => isFailure(answered(status)))).toBe(false);
  expect([301, 401, 404, 500, 503].every((status) => isFailure(answered(status)))).toBe(true);
  expect(isFailure({ kind: "late" })).toBe(true);
});
