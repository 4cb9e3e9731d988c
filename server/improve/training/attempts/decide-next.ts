import type { EndCause, JobLimits } from "../contract.ts";
import type { Next } from "./cause-of-end.ts";

/** How often a job's attempts ended, by what Leeway allows separately. */
export interface Course {
  preemptions: number;
  losses: number;
  failures: number;
  /** Attempts in a row that ended without a newer checkpoint than they began with. */
  fruitless: number;
}

/** An attempt that ended. */
export interface EndedAttempt {
  cause: EndCause;
  next: Next;
  message: string;
  /** Whether a checkpoint came that is newer than the one it began with; null for a launch that never started. */
  hasSaved: boolean | null;
}

export type NextStep =
  | { kind: "end"; state: "finished" | "failed" | "stopped" | "lost"; message: string }
  | { kind: "resume"; delaySeconds: number };

/** Attempts in a row without a newer checkpoint after which another one would not help. */
const maxFruitless = 3;
const [firstDelay, maxDelay] = [30, 600];
/** A delay differs by at most so much, so that jobs that one machine lost together do not come back together. */
const jitter = 0.2;

/** Adds an ended attempt to the course of its job. */
export function addEnd(course: Course, attempt: EndedAttempt): Course {
  const budget = budgetOf(attempt);
  return {
    ...course,
    ...(budget && { [budget]: course[budget] + 1 }),
    // What never ran could not save: the cluster that lost it says nothing about its program.
    ...(attempt.hasSaved !== null && { fruitless: attempt.hasSaved ? 0 : course.fruitless + 1 }),
  };
}

/**
 * Which budget another attempt is taken from; null where none follows. A program that fails is not started twenty times because machines may
 * be taken away twenty times. One that asks to be started again (75) is taken for lost: it says that its failure is not its own.
 */
function budgetOf({ cause, next }: EndedAttempt): "preemptions" | "losses" | "failures" | null {
  if (next === "none" || next === "never") return null;
  if (cause === "preempted") return "preemptions";
  return next === "resume" ? "losses" : "failures";
}

/**
 * Decides whether a job goes on after an attempt. docs/spec/training.md section 4.
 * @param course with the attempt that just ended @param random in [0, 1), for the delay
 */
export function decideNext(
  attempt: EndedAttempt,
  { course, limits, random }: { course: Course; limits: JobLimits; random: number },
): NextStep {
  const { cause, message } = attempt;
  if (cause === "finished") return { kind: "end", state: "finished", message };
  if (attempt.next === "none") return { kind: "end", state: "stopped", message };
  const budget = budgetOf(attempt);
  if (!budget) return { kind: "end", state: "failed", message };
  const max = { preemptions: limits.maxPreemptions, losses: limits.maxLosses, failures: limits.maxFailures }[budget];
  const count = course[budget];
  if (count > max) return { kind: "end", ...exhausted(budget, { count, max, message }) };
  if (budget !== "failures" && course.fruitless >= maxFruitless) {
    return { kind: "end", state: "failed", message: neverSaves(budget) };
  }
  const delay = Math.min(maxDelay, firstDelay * 2 ** Math.min(count - 1, 10));
  return { kind: "resume", delaySeconds: delay * (1 - jitter + 2 * jitter * random) };
}

function exhausted(
  budget: "preemptions" | "losses" | "failures",
  { count, max, message }: { count: number; max: number; message: string },
): { state: "failed" | "lost"; message: string } {
  if (budget === "failures") return { state: "failed", message };
  const words = budget === "preemptions" ? "preempted" : "lost";
  return {
    state: budget === "losses" ? "lost" : "failed",
    message: `It was ${words} ${count} times, and ${max} are allowed.`,
  };
}

const neverSaves = (budget: "preemptions" | "losses") =>
  `It was ${budget === "preemptions" ? "preempted" : "lost"} ${maxFruitless} times before it could save; save more often or choose machines that stay.`;
