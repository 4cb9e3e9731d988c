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

test("without a wait, a rule fires at the first look that finds it true", () => {
  expect(watch([false, true, true, false, false], 0)).toEqual([
    "inactive",
    "firing fired",
    "firing",
    "inactive resolved",
    "inactive",
  ]);
});

test("it fires once the condition held for all of the wait", () => {
  expect(watch([true, true, true], 2 * minuteMs)).toEqual(["pending", "pending", "firing fired"]);
});

test("a break starts the wait again, and a pending rule that ends has told nobody", () => {
  expect(watch([true, true, false, true, true, true], 2 * minuteMs)).toEqual([
    "pending",
    "pending",
    "inactive",
    "pending",
    "pending",
    "firing fired",
  ]);
});

test("what cannot be known leaves a rule as it is, firing or pending", () => {
  expect(watch([true, null, true], minuteMs * 2)).toEqual(["pending", "pending", "firing fired"]);
  expect(watch([true, null, false], 0)).toEqual(["firing fired", "firing", "inactive resolved"]);
  expect(watch([null], 0)).toEqual(["inactive"]);
});

test("a clock that goes back never makes a rule fire early", () => {
  const pending = { state: "pending", since: 10 * minuteMs } as const;
  const back = stepRule(pending, { isTrue: true, now: 4 * minuteMs, forMs: 5 * minuteMs });
  expect(back).toEqual({ state: "pending", since: 4 * minuteMs, change: null });
  expect(stepRule(back, { isTrue: true, now: 8 * minuteMs, forMs: 5 * minuteMs }).state).toBe("pending");
  expect(stepRule(back, { isTrue: true, now: 9 * minuteMs, forMs: 5 * minuteMs }).change).toBe("fired");
});
