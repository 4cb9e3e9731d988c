import type { z } from "zod";
import { evaluate } from "../../../../release/rollouts/evidence/evaluate.ts";
import { decideStep } from "../../../../release/rollouts/machine/decide-step.ts";
import type { Decided, Evaluated, Facts } from "../../../../release/rollouts/machine/evaluated.ts";
import type { FrozenFacts, RolloutState } from "../../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../../serve/rollout/evidence/contract.ts";
import { RolloutPlan } from "../../../../serve/rollout/plan/contract.ts";

export const startedAt = Date.UTC(2026, 4, 12, 10);

/** A plan with errors and slow answers as guardrails, and two steps of five minutes to an hour. */
export function newPlan(wish: Partial<z.input<typeof RolloutPlan>> = {}): RolloutPlan {
  return RolloutPlan.parse({
    steps: [{ weight: 0.1 }, { weight: 0.5 }],
    guardrails: [{ metric: "errors", requiresVerdict: true }, { metric: "slow" }],
    ...wish,
  });
}

export const frozenFacts: FrozenFacts = {
  slowMs: 100,
  outcomeAgeMs: 1000,
  outputBins: null,
  binnedOutput: null,
  requestsPerSecond: 10,
  record: { errors: { units: 100_000, events: 400 } },
};

export function newState(wish: Partial<RolloutState> = {}): RolloutState {
  return {
    phase: "stepping",
    step: 0,
    weight: 0.1,
    stepStartedAt: startedAt,
    isPaused: false,
    approvedSteps: [],
    overridesBudget: false,
    lastUnits: 0,
    lastDataAt: startedAt,
    hold: null,
    violatedMetrics: [],
    maxima: { combined: 0, srm: 0, worse: {}, safe: {}, floorCanary: {}, floorStable: {} },
    ...wish,
  };
}

const someFacts: Facts = {
  gateways: [{ name: "gw-1", canary: "ready", message: null }],
  budget: { allow: true, band: "healthy", reason: "" },
  endpoint: "digits",
  stable: "v12",
  canary: "v14",
};

type Cell = [units: number, events: number];

/** Counts of both arms of a metric in a step. */
export function arms(
  { canary, stable }: { canary: Cell; stable: Cell },
  { metric = "errors", step = 0, weight = 0.1 }: Partial<Pick<RolloutCount, "metric" | "step" | "weight">> = {},
): RolloutCount[] {
  const rest = { metric, step, weight, bin: 0, misses: 0, sum: 0, sumSquares: 0 };
  return [
    { ...rest, arm: "canary", units: canary[0], events: canary[1] },
    { ...rest, arm: "stable", units: stable[0], events: stable[1] },
  ];
}

export interface Moment {
  plan?: RolloutPlan;
  state?: RolloutState;
  counts?: RolloutCount[];
  facts?: Partial<Facts>;
  /** Since the beginning of the step. */
  seconds?: number;
}

/** What is decided by these counts so many seconds into the step; data came a second ago unless the state says otherwise. */
export function decideAt({ plan = newPlan(), state, counts = [], facts, seconds = 600 }: Moment): Decided {
  const from = state ?? newState();
  const now = from.stepStartedAt + seconds * 1000;
  const { evidence, units } = evaluate({ plan, frozen: frozenFacts, state: from, counts });
  const judged: Evaluated = {
    plan,
    frozen: frozenFacts,
    state: from,
    evidence,
    units,
    now,
    facts: { ...someFacts, ...facts },
  };
  return decideStep(judged);
}
