import type { Rollout } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence, GuardrailFact } from "#server/serve/rollout/evidence/contract.ts";
import { type Guardrail, RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import type { CurvePoint } from "./evidence-series.ts";

/** For tests: a rollout of three steps, in the second of them. */
export const startedAt = Date.UTC(2026, 4, 6, 11, 38);

export function samplePlan(change: Parameters<typeof RolloutPlan.parse>[0] = {}): RolloutPlan {
  return RolloutPlan.parse({
    steps: [{ weight: 0.1 }, { weight: 0.25 }, { weight: 0.5 }],
    guardrails: [
      { metric: "errors", requiresVerdict: true },
      { metric: "slow", margin: 0.2 },
    ],
    ...(change as object),
  });
}

export function sampleEvidence(
  metric: Guardrail["metric"],
  change: Partial<GuardrailEvidence> = {},
): GuardrailEvidence {
  return {
    metric,
    stable: { units: 80_000, events: 345, mean: null },
    canary: { units: 2_209, events: 9, mean: null },
    pairs: { units: 0, onlyCanary: 0, onlyStable: 0 },
    stepUnits: { stable: 8_000, canary: 800, pairs: 0 },
    logEWorse: -1,
    maxLogEWorse: 0.2,
    logThreshold: Math.log(40),
    maxLogESafe: 1.4,
    logSafeThreshold: Math.log(20),
    ratio: { estimate: 0.95, low: 0.4, high: 2.1 },
    floor: null,
    verdict: "collecting",
    fact: sampleFact(),
    ...change,
  };
}

export function sampleFact(change: Partial<GuardrailFact> = {}): GuardrailFact {
  return {
    verdict: "inconclusive",
    basis: "split",
    fromStep: 0,
    stable: { units: 80_000, events: 345, value: 345 / 80_000 },
    canary: { units: 2_209, events: 9, value: 9 / 2_209 },
    scale: "ratio",
    estimate: 9 / 2_209 / (345 / 80_000),
    low: 0.4,
    high: 2.1,
    limit: 1,
    words: "errors are undecided: 0.407% against 0.431%",
    ...change,
  };
}

export function sampleRollout(change: Partial<Rollout> = {}): Rollout {
  const plan = change.plan ?? samplePlan();
  return {
    id: "0d6c3c0e-7a34-4a55-9a1c-5d0bb8f4f6b1",
    endpointId: "5b0a3f6c-3e0b-4b5e-8a43-5f1a2b3c4d5e",
    endpoint: "parcel-damage",
    stable: { id: "1b0a3f6c-3e0b-4b5e-8a43-5f1a2b3c4d5e", model: "parcel-damage", version: 12 },
    canary: { id: "2b0a3f6c-3e0b-4b5e-8a43-5f1a2b3c4d5e", model: "parcel-damage", version: 14 },
    phase: "stepping",
    step: 1,
    steps: plan.steps.length,
    weight: 0.25,
    isPaused: false,
    hold: null,
    violatedMetrics: [],
    reason: "April depot photos",
    startedBy: "Priya Raman",
    createdAt: new Date(startedAt),
    endedAt: null,
    plan,
    frozen: {
      slowMs: 100,
      outcomeAgeMs: 1000,
      outputBins: null,
      binnedOutput: null,
      requestsPerSecond: 40,
      record: {},
    },
    state: {
      phase: "stepping",
      step: 1,
      weight: 0.25,
      stepStartedAt: startedAt + 600_000,
      isPaused: false,
      approvedSteps: [],
      overridesBudget: false,
      maxima: { combined: 0, srm: 0, worse: {}, safe: {}, floorCanary: {}, floorStable: {} },
      lastUnits: 0,
      lastDataAt: startedAt,
      hold: null,
      violatedMetrics: [],
    },
    revision: 3,
    evidence: {
      guardrails: [sampleEvidence("errors"), sampleEvidence("slow", { maxLogESafe: null })],
      combinedLogE: -1,
      maxCombinedLogE: 0.1,
      logThreshold: Math.log(20),
      srm: { logE: -2, maxLogE: 0.3, logThreshold: Math.log(1000), stable: 80_000, canary: 2_209 },
    },
    evaluatedAt: new Date(startedAt + 900_000),
    ...change,
  };
}

/** Generates a point every minute; the second step starts after ten. `safe` and `worse` give the errors' evidence by minute of the step. */
export function samplePoints(
  minutes: number,
  curves: { safe: (minute: number) => number; worse: (minute: number) => number },
): CurvePoint[] {
  return Array.from({ length: minutes }, (_, minute) => {
    const step = minute < 10 ? 0 : 1;
    const [safe, worse] = [curves.safe(minute - step * 10), curves.worse(minute)];
    const own = { estimate: 1, low: 0.5, high: 2 };
    return {
      at: startedAt + minute * 60_000,
      step,
      point: {
        combined: worse,
        srm: 0,
        units: { stable: minute * 900, canary: minute * 100 },
        guardrails: [{ metric: "errors", worse, safe, ...own }],
      },
    };
  });
}
