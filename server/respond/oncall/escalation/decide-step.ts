import { minuteMs } from "#server/base/durations.ts";
import type { EscalationStep } from "./contract.ts";

/** Current position of an escalation. */
export interface Course {
  steps: readonly EscalationStep[];
  repeats: number;
  /** Index of the step that is next, and how often all were gone through. */
  step: number;
  round: number;
  /** Due time of that step, in milliseconds since 1970. */
  nextAt: number;
}

export interface NextStep {
  step: number;
  round: number;
  at: number;
}

/** Delay beyond which a step counts as late, and later steps are timed from its actual execution. */
const punctualMs = minuteMs;

/** Minimum minutes between the last step and a new round. */
const minPauseMinutes = 5;

/**
 * Returns the step after the one being executed now; null after the last step of the last round.
 *
 * Steps follow each other by the minutes between them, counted from when each was due, so that they do not drift. After an outage they
 * are counted from now: everyone has the time to respond that the policy gives them. A step that notified no one is followed by the next
 * one immediately. A new round starts as long after the last step as that came after the one before, and at least 5 minutes.
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
