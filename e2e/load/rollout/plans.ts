import type { PlanInput } from "./program.ts";

/** Settings that count outcomes at an early age, so that evidence comes quickly. */
const quick = { slowMs: 5_000, outcomeAgeMs: 200, staleSeconds: 30 } as const;

/** A step of 10 % that a bad version does not outlive. */
export const badPlan: PlanInput = {
  ...quick,
  steps: [
    { weight: 0.1, minSeconds: 60, maxSeconds: 600 },
    { weight: 0.5, minSeconds: 60, maxSeconds: 600 },
  ],
  guardrails: [{ metric: "errors" }, { metric: "client-errors" }],
};

/**
 * Short steps that end when errors are proved to be less than four times those of the version before, or fewer than 10%: an endpoint without
 * a record has to be watched for minutes before it is known whether its errors come in bursts, until when ratios prove little.
 */
export const goodPlan: PlanInput = {
  ...quick,
  steps: [
    { weight: 0.25, minSeconds: 2, maxSeconds: 600, minUnits: 50 },
    { weight: 0.5, minSeconds: 2, maxSeconds: 600, minUnits: 50 },
  ],
  guardrails: [{ metric: "errors", requiresVerdict: true, safeMargin: 3, negligible: 0.1 }],
  watch: { seconds: 6, shadowShare: 0.1 },
};
