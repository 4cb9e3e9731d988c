import { expect, test } from "vitest";
import { afterAttempt, freeSlots } from "./after-attempt.ts";

test.each([400, 403, 404, 413])("fails the task without a retry for %i", (status) => {
  expect(afterAttempt({ status }, 1, 5)).toEqual({ kind: "failed" });
});

test.each([429, 503])("does not count %i as an attempt, however often it occurs", (status) => {
  expect(afterAttempt({ status }, 100, 3)).toEqual({ kind: "again", waitSeconds: 5, counts: false });
});

test.each(["features_stale", "features_missing"])("counts an attempt that is refused with %s", (reason) => {
  expect(afterAttempt({ status: 503, reason }, 1, 3)).toEqual({ kind: "again", waitSeconds: 5, counts: true });
  expect(afterAttempt({ status: 503, reason }, 2, 3)).toEqual({ kind: "again", waitSeconds: 30, counts: true });
  expect(afterAttempt({ status: 503, reason }, 3, 3)).toEqual({ kind: "failed" });
});

test("waits as long as a busy gateway requests, up to five minutes", () => {
  expect(afterAttempt({ status: 503, retryAfterSeconds: 60 }, 1, 3)).toMatchObject({ waitSeconds: 60 });
  expect(afterAttempt({ status: 503, retryAfterSeconds: 1e9 }, 1, 3)).toMatchObject({ waitSeconds: 300 });
});

test("retries a model failure with growing delays, then fails", () => {
  const waits: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const next = afterAttempt({ status: 500 }, attempts, 8);
    if (next.kind === "failed") {
      expect(attempts).toBe(8);
      break;
    }
    expect(next.counts).toBe(true);
    waits.push(next.waitSeconds);
  }
  expect(waits).toEqual([5, 30, 120, 600, 1800, 1800, 1800]);
});

test("claims tasks only while no requests are queued, and leaves most of the queue free", () => {
  expect(freeSlots({ maxQueueSize: 128, waiting: 0, running: 0 })).toBe(8);
  expect(freeSlots({ maxQueueSize: 128, waiting: 0, running: 6 })).toBe(2);
  expect(freeSlots({ maxQueueSize: 128, waiting: 1, running: 0 })).toBe(0);
  expect(freeSlots({ maxQueueSize: 8, waiting: 0, running: 0 })).toBe(2);
  expect(freeSlots({ maxQueueSize: 1, waiting: 0, running: 0 })).toBe(1);
  expect(freeSlots({ maxQueueSize: 1, waiting: 0, running: 1 })).toBe(0);
});
