import { expect, test } from "vitest";
import { next } from "./backoff.ts";

test.each([200, 201, 204, 299])("treats %i as delivered", (status) => {
  expect(next({ status }, 1)).toBe("delivered");
});

test.each([301, 302, 400, 401, 404, 410, 422])("fails immediately after %i, which is permanent", (status) => {
  expect(next({ status }, 1)).toBe("failed");
});

test.each([408, 425, 429, 500, 502, 503])("retries after %i", (status) => {
  expect(next({ status }, 1)).toEqual({ waitSeconds: 10 });
});

test("attempts delivery nine times in about a day with growing delays, then fails", () => {
  const waits: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const step = next({ error: "refused" }, attempts);
    if (typeof step === "string") {
      expect([step, attempts]).toEqual(["failed", 9]);
      break;
    }
    waits.push(step.waitSeconds);
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(20 * 3600);
});

test("follows Retry-After up to an hour", () => {
  expect(next({ status: 429, retryAfterSeconds: 60 }, 1)).toEqual({ waitSeconds: 60 });
  expect(next({ status: 429, retryAfterSeconds: 1 }, 1)).toEqual({ waitSeconds: 10 });
  expect(next({ status: 503, retryAfterSeconds: 1e9 }, 1)).toEqual({ waitSeconds: 3600 });
});
