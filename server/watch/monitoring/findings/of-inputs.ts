import type { Finding } from "../contract.ts";

/**
 * Whether a finding concerns inputs, and so may explain incorrect predictions: output findings are consequences, and canary findings
 * affect only part of the traffic.
 */
export function isOfInputs({ watcher, kind }: Pick<Finding, "watcher" | "kind">): boolean {
  return watcher === "integrity" || watcher === "skew" || (watcher === "drift" && kind === "drift");
}
