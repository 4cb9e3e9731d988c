/** Where one rule stands for one thing that it watches. Times in ms since 1970. */
export interface RuleStatus {
  state: "inactive" | "pending" | "firing";
  /** Since when it is in this state. */
  since: number;
}

interface Evaluation {
  /** Whether the condition holds; null where it cannot be known, which leaves everything as it is. */
  isTrue: boolean | null;
  now: number;
  /** How long the condition must hold without a break before the rule fires; 0 fires at once. */
  forMs: number;
}

export interface RuleStep extends RuleStatus {
  /** What this look changed, for whoever tells: a rule that goes on firing changes nothing. */
  change: "fired" | "resolved" | null;
}

/**
 * One look at a rule, as Prometheus does it: inactive, pending while the condition holds for less than `forMs`, firing after that,
 * and inactive again at the first look that finds it untrue. A clock that went back restarts the wait; it never makes it shorter.
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
