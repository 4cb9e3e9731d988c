import type { GateResult } from "./contract.ts";

/** Returns the result of a gate that cannot be evaluated; `words` says what is missing. */
export function pending(words: string): GateResult {
  return {
    verdict: "pending",
    words: words.replace(/\.$/, ""),
    measured: null,
    limit: null,
    evidence: { better: null, scale: "number", interval: null, method: null, facts: [] },
  };
}
