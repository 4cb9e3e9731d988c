import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { stateOf } from "./state-of.ts";

const now = Date.UTC(2026, 4, 6, 12);
const hourly = { startedAt: now - hourMs, problem: null, setAside: 0, everyMs: hourMs };

test("work is late when two executions and some minutes have passed", () => {
  expect(stateOf(hourly, now)).toBe("ok");
  expect(stateOf({ ...hourly, startedAt: now - 2 * hourMs - 9 * minuteMs }, now)).toBe("ok");
  expect(stateOf({ ...hourly, startedAt: now - 2 * hourMs - 11 * minuteMs, problem: "x" }, now)).toBe("late");
});

test("names failures before items set aside, and work that has not run yet", () => {
  expect(stateOf({ ...hourly, setAside: 2 }, now)).toBe("set-aside");
  expect(stateOf({ ...hourly, setAside: 2, problem: "x" }, now)).toBe("failed");
  expect(stateOf({ ...hourly, startedAt: undefined }, now)).toBe("not-run");
});
