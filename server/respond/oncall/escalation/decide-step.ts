import { minuteMs } from "#server/base/durations.ts";
import type { EscalationStep } from "./contract.ts";

/** Where an escalation stands. */
export interface Course {
  steps: readonly EscalationStep[];
  repeats: number;
  /** Index of the step that is next, and how often all were gone through. */
  step: number;
  round: number;
  /** When that step is due, in milliseconds since 1970. */
  nextAt: number;
}

export interface NextStep {
  step: number;
  round: number;
  at: number;
}

/** What is late by more than this was held up, and what follows keeps its distance from when it was done. */
const punctualMs = minuteMs;

/** A new round begins no sooner after the last step. */
const minPauseMinutes = 5;

/**
 * What follows a step that is being taken now; null after the last step of the last round.
 *
 * Steps follow each other by the minutes between them, counted from when each was due, so that they do not drift. Where nobody worked for
 * a while they are counted from now: everybody has the time to answer that the policy gives them. A step that told nobody has
 * the next one follow at once. A new round begins as long after the last step as that came after the one before, and at least 5 minutes.
 */
export function stepAfter(course: Course, now: number, notifiedAnyone: boolean): NextStep | null {
  const { steps, repeats, step, round, nextAt } = course;
  const isLast = step + 1 >= steps.length;
  if (isLast && round >= repeats) return null;
  const base = now - nextAt > punctualMs ? now : nextAt;
  const waits = steps.map(({ waitMinutes }) => waitMinutes);
  const own = waits[step] ?? 0;
  const pause = Math.max(minPauseMinutes, own - (waits[step - 1] ?? 0)) + (waits[0] ?? 0);
  const minutes = isLast ? pause : (waits[step + 1] ?? own) - own;
  const at = notifiedAnyone ? base + minutes * minuteMs : base;
  return isLast ? { step: 0, round: round + 1, at } : { step: step + 1, round, at };
}
