import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { needsAttention } from "./needs-attention.ts";

const now = Date.UTC(2026, 5, 3, 10, 31);
const job = { state: "running", endedAt: null, runsSince: now - 2 * hourMs, savedAt: null } as const;

test("shows jobs that failed or were lost within a day", () => {
  expect(needsAttention({ ...job, state: "failed", endedAt: now - hourMs }, now)).toBe("It failed.");
  expect(needsAttention({ ...job, state: "lost", endedAt: now - hourMs }, now)).toBe("It was lost.");
  expect(needsAttention({ ...job, state: "failed", endedAt: now - dayMs - 1 }, now)).toBeNull();
  expect(needsAttention({ ...job, state: "stopped", endedAt: now - hourMs }, now)).toBeNull();
});

test("shows running jobs that have not saved for 50 minutes of their attempt", () => {
  expect(needsAttention(job, now)).toBe("No checkpoint for 2\u00a0h.");
  expect(needsAttention({ ...job, savedAt: now - 49 * minuteMs }, now)).toBeNull();
  expect(needsAttention({ ...job, savedAt: now - 50 * minuteMs }, now)).toBe("No checkpoint for 50\u00a0min.");
  // What an earlier attempt saved is older than this one, which has just begun.
  expect(needsAttention({ ...job, runsSince: now - minuteMs, savedAt: now - 3 * hourMs }, now)).toBeNull();
  expect(needsAttention({ ...job, state: "resuming" }, now)).toBeNull();
});
