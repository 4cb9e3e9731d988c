import { expect, test } from "vitest";
import { afterTry } from "./after-try.ts";

const now = new Date("2026-05-04T10:00:00Z");
const expiresAt = new Date("2026-05-05T10:00:00Z");
const of = { outcome: "failed" as const, severity: "page", attempts: 1, expiresAt, now };

test("retries a page after 5, 10, 20, 40 and then every 60 seconds", () => {
  const waits = [1, 2, 3, 4, 5, 500].map((attempts) => afterTry({ ...of, attempts }));
  expect(waits).toEqual([5, 10, 20, 40, 60, 60].map((waitSeconds) => ({ waitSeconds })));
});

test("waits at most ten minutes for a ticket", () => {
  expect(afterTry({ ...of, severity: "ticket", attempts: 50 })).toEqual({ waitSeconds: 600 });
});

test("respects the requested retry delay, up to an hour", () => {
  expect(afterTry({ ...of, retryAfterSeconds: 120 })).toEqual({ waitSeconds: 120 });
  expect(afterTry({ ...of, retryAfterSeconds: 1 })).toEqual({ waitSeconds: 5 });
  expect(afterTry({ ...of, retryAfterSeconds: 1e9 })).toEqual({ waitSeconds: 3600 });
});

test("dead-letters a notification when refused or after a day", () => {
  expect(afterTry({ ...of, outcome: "refused" })).toBe("dead");
  expect(afterTry({ ...of, now: new Date("2026-05-05T09:59:58Z") })).toBe("dead");
  expect(afterTry({ ...of, outcome: "delivered", now: new Date("2027-01-01") })).toBe("delivered");
});
