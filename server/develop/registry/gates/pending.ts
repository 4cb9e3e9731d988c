import type { GateResult } from "./contract.ts";

/** It cannot be said, and the words say what is missing. */
export function pending(words: string): GateResult {
  return {
    verdict: "pending",
    words: words.replace(/\.$/, ""),
    measured: null,
    limit: null,
    evidence: { better: null, scale: "number", interval: null, method: null, facts: [] },
  };
}
