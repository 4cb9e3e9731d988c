import { expect, test } from "vitest";
import { watchdogState } from "./watchdog-state.ts";

const now = Date.UTC(2026, 4, 6, 12);
const minute = 60_000;
const state = (changedAgo: number, deliveredAgo: number | null) =>
  watchdogState({
    intervalSeconds: 300,
    changedAt: now - changedAgo,
    lastDeliveredAt: deliveredAgo === null ? null : now - deliveredAgo,
    now,
  });

test("is late after two intervals and a minute without a delivery", () => {
  expect(state(60 * minute, 11 * minute)).toBe("delivered");
  expect(state(60 * minute, 11 * minute + 1)).toBe("late");
  expect(state(60 * minute, null)).toBe("late");
});

test("a new one has the same time for its first delivery", () => {
  expect(state(11 * minute, null)).toBe("waiting");
  expect(state(11 * minute + 1, null)).toBe("late");
  expect(state(1 * minute, 60 * minute)).toBe("waiting");
});
