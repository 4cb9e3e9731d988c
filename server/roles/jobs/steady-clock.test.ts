import { expect, onTestFinished, test, vi } from "vitest";
import { dayMs } from "#server/base/durations.ts";
import { steadyClock } from "./steady-clock.ts";

test("keeps the queue clock when the system clock is set back", () => {
  const before = steadyClock.now();
  expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - dayMs });
  onTestFinished(() => void vi.useRealTimers());
  expect(Date.now()).toBeLessThan(before - dayMs / 2);
  expect(steadyClock.now()).toBeGreaterThanOrEqual(before);
});
