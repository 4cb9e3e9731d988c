import type { PoolResult } from "../pool/waiting-request.ts";
import type { CascadeCount, CascadeCounts } from "./contract.ts";

/** Returns the counts that one step of one request adds to a window. @param ran undefined when the model did not run for it */
export function cascadeCounts(count: CascadeCount, ran: Pick<PoolResult, "runMs"> | undefined): CascadeCounts {
  if (!ran) return { [count]: 1 };
  const run = { [count]: 1, runs: 1, computeMs: ran.runMs };
  // The request itself counts at the step that serves it. An engine is paid for this run too.
  return count === "answered" ? run : { ...run, escalatedRuns: 1 };
}

/** Adds counts to those of a window. */
export function addCascade(sum: CascadeCounts, counts: CascadeCounts): void {
  for (const [name, value] of Object.entries(counts)) {
    const key = name as CascadeCount;
    sum[key] = (sum[key] ?? 0) + value;
  }
}
