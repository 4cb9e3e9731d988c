import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { type RuleStatus, stepRule } from "./step-rule.ts";

/** Looks each minute at what is true then; what the states were. */
function watch(truths: (boolean | null)[], forMs: number, from?: RuleStatus) {
  let status = from;
  return truths.map((isTrue, index) => {
    const { change, ...next } = stepRule(status, { isTrue, now: index * minuteMs, forMs });
    status = next;
    return change ? `${next.state} ${change}` : next.state;
  });
}

test("fires at the first true evaluation without a wait", () => {
  expect(watch([false, true, true, false, false], 0)).toEqual([
    "inactive",
    "firing fired",
    "firing",
    "inactive resolved",
    "inactive",
  ]);
});

test("fires once the condition was true for the full wait", () => {
  expect(watch([true, true, true], 2 * minuteMs)).toEqual(["pending", "pending", "firing fired"]);
});

test("restarts the wait after a break, and notifies no one of a pending rule that ends", () => {
  expect(watch([true, true, false, true, true, true], 2 * minuteMs)).toEqual([
    "pending",
    "pending",
    "inactive",
    "pending",
    "pending",
    "firing fired",
  ]);
});

test("keeps a rule firing or pending if the result is unknown", () => {
  expect(watch([true, null, true], minuteMs * 2)).toEqual(["pending", "pending", "firing fired"]);
  expect(watch([true, null, false], 0)).toEqual(["firing fired", "firing", "inactive resolved"]);
  expect(watch([null], 0)).toEqual(["inactive"]);
});

test("never fires early when the clock goes back", () => {
  const pending = { state: "pending", since: 10 * minuteMs } as const;
  const back = stepRule(pending, { isTrue: true, now: 4 * minuteMs, forMs: 5 * minuteMs });
  expect(back).toEqual({ state: "pending", since: 4 * minuteMs, change: null });
  expect(stepRule(back, { isTrue: true, now: 8 * minuteMs, forMs: 5 * minuteMs }).state).toBe("pending");
  expect(stepRule(back, { isTrue: true, now: 9 * minuteMs, forMs: 5 * minuteMs }).change).toBe("fired");
});
