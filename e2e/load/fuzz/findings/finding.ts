import type { Stack } from "../../../suite/stack.ts";

/** Outcome of repeating an attack. */
export interface Outcome {
  /** What happens: status, time, descriptors. */
  now: string;
  isFixed: boolean;
}

/** An attack of the audit, repeated against a running Leeway. */
export interface Finding {
  /** As the audit numbers it: C critical, H high, M medium, L low. */
  id: string;
  request: string;
  /** What the audit saw. */
  before: string;
  /** Undefined if no request to one running Leeway shows it; `request` then names the test that does. */
  attack?: (stack: Stack) => Promise<Outcome>;
}
