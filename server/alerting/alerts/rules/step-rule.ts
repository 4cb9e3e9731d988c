/** State of one rule for one subject. Times in ms since 1970. */
export interface RuleStatus {
  state: "inactive" | "pending" | "firing";
  /** Since when it is in this state. */
  since: number;
}

interface Evaluation {
  /** Whether the condition is true; null if unknown, which changes nothing. */
  isTrue: boolean | null;
  now: number;
  /** Time that the condition must be true without interruption before the rule fires; 0 fires immediately. */
  forMs: number;
}

export interface RuleStep extends RuleStatus {
  /** Change to notify about after this evaluation: a rule that keeps firing changes nothing. */
  change: "fired" | "resolved" | null;
}

/**
 * Evaluates a rule once, as Prometheus does: inactive, pending while the condition holds for less than `forMs`, firing after that, and
 * inactive again at the first evaluation that finds it false. A clock that went back restarts the wait; it never shortens it.
 */
export function stepRule(before: RuleStatus | undefined, { isTrue, now, forMs }: Evaluation): RuleStep {
  const { state, since } = before ?? { state: "inactive", since: now };
  if (isTrue === null) return { state, since, change: null };
  if (!isTrue) {
    if (state === "inactive") return { state, since, change: null };
    return { state: "inactive", since: now, change: state === "firing" ? "resolved" : null };
  }
  if (state === "firing") return { state, since, change: null };
  const pendingSince = state === "pending" ? Math.min(since, now) : now;
  if (now - pendingSince >= forMs) return { state: "firing", since: now, change: "fired" };
  return { state: "pending", since: pendingSince, change: null };
}
