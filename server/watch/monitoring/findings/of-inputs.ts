import type { Finding } from "../contract.ts";

/**
 * Whether a finding is about what comes in, and so may explain wrong answers: what is found in the output follows from something else, and what
 * is found of a canary touches a part of the traffic only.
 */
export function isOfInputs({ watcher, kind }: Pick<Finding, "watcher" | "kind">): boolean {
  return watcher === "integrity" || (watcher === "drift" && kind === "drift");
}
