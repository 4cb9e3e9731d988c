import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { defaultPolicy, type EscalationStep } from "./contract.ts";
import { type Course, stepAfter } from "./decide-step.ts";
import { describePolicy } from "./describe-policy.ts";

const start = Date.parse("2026-05-04T03:00:00Z");

function at(minutes: number): number {
  return start + minutes * minuteMs;
}

/** Returns the minute of every step of a policy when each is executed `lateSeconds` late. */
function walk(steps: readonly EscalationStep[], repeats: number, lateSeconds = 0): number[] {
  const taken: number[] = [];
  let course: Course = { steps, repeats, step: 0, round: 0, nextAt: at(steps[0]?.waitMinutes ?? 0) };
  for (let guard = 0; guard < 50; guard++) {
    const now = course.nextAt + lateSeconds * 1000;
    taken.push((course.nextAt - start) / minuteMs);
    const next = stepAfter(course, now, true);
    if (!next) return taken;
    course = { ...course, step: next.step, round: next.round, nextAt: next.at };
  }
  throw new Error("It has no end.");
}

test("pages the on-call engineer at 0 and 5 min, the next at 10 and the leads at 20 (docs/spec/alerting.md section 18)", () => {
  expect(walk(defaultPolicy.steps, defaultPolicy.repeats)).toEqual([0, 5, 10, 20]);
  expect(describePolicy(defaultPolicy.steps, 0, new Map()).map((each) => each.replaceAll("\u00a0", " "))).toEqual([
    "Immediately: on-call engineer.",
    "After 5 min: on-call engineer.",
    "After 10 min: next on call.",
    "After 20 min: leads of the responsible team.",
  ]);
});

test("does not accumulate delays of a worker that is always a second late", () => {
  expect(walk(defaultPolicy.steps, 0, 1)).toEqual([0, 5, 10, 20]);
});

test("keeps the full waiting time of each step after an hour without a worker", () => {
  const course = { ...defaultPolicy, step: 0, round: 0, nextAt: at(0) };
  expect(stepAfter(course, at(60), true)).toEqual({ step: 1, round: 0, at: at(65) });
});

test("continues immediately after a step that notified no one", () => {
  const course = { ...defaultPolicy, step: 1, round: 0, nextAt: at(5) };
  expect(stepAfter(course, at(5), false)).toEqual({ step: 2, round: 0, at: at(5) });
});

test("repeats rounds as configured, after the last waiting time but at least 5 min", () => {
  expect(walk(defaultPolicy.steps, 1)).toEqual([0, 5, 10, 20, 30, 35, 40, 50]);
  const [first] = defaultPolicy.steps;
  if (!first) throw new Error("There is no step.");
  expect(walk([first], 2)).toEqual([0, 5, 10]);
  expect(describePolicy([first], 2, new Map()).at(-1)).toBe("Repeats 2 times.");
});
