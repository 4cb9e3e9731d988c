import type { Rollout } from "#server/serve/rollout/contract.ts";
import type { CurvePoint } from "./evidence-series.ts";
import { lastProof } from "./forecast.ts";
import { metricLabels } from "./metric-labels.ts";
import { endsAt, waitingFor } from "./waiting.ts";

/** Expected time of the next step, according to the estimates of the page. */
export interface Expectation {
  /** Milliseconds from now; null if unknown. */
  ms: number | null;
  /** Condition that the step waits for: "errors reach a verdict". */
  waitsFor: string;
}

/** Estimates when the next step starts: after its last required verdict and its minimum duration. `now` in milliseconds since 1970. */
export function expectationOf(rollout: Rollout, points: readonly CurvePoint[], now: number): Expectation {
  const { plan, step, state } = rollout;
  const waiting = waitingFor(rollout);
  const left = Math.max(0, endsAt(rollout) - now);
  if (plan.steps[step]?.needsApproval && !state.approvedSteps.includes(step) && waiting.length === 0)
    return { ms: null, waitsFor: "it is approved" };
  const [first] = waiting;
  if (!first) return { ms: left, waitsFor: "the minimum step duration has passed" };
  const last = lastProof(points, waiting);
  const named = metricLabels[(last ?? first).metric].noun;
  const waitsFor =
    waiting.length === 1 || last ? `${named} reach a verdict` : `${waiting.length} guardrails reach a verdict`;
  return { ms: last ? Math.max(left, last.likelyMs) : null, waitsFor };
}
