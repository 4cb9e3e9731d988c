import type { BudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import type { DecisionKind, FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { Evidence } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** State of the new version on a gateway that reported in the last 30 s and is not about to stop. */
export interface GatewayFact {
  /** Address or id, for people. */
  name: string;
  canary: "ready" | "loading" | "failed" | "unknown";
  /** Reason of the failure. */
  message: string | null;
}

/** Current facts besides the counts. */
export interface Facts {
  gateways: readonly GatewayFact[];
  /** Result of the endpoint's error budgets; undefined until read, which is needed only before a rollout advances. */
  budget: Pick<BudgetGate, "allow" | "band" | "reason"> | undefined;
  endpoint: string;
  /** "v12" and "v14", or with the model's name where the two are of different models. */
  stable: string;
  canary: string;
}

export interface Evaluated {
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
  evidence: Evidence;
  /** Units of all arms and metrics together. */
  units: number;
  facts: Facts;
  /** Milliseconds since 1970. */
  now: number;
}

/** Automatic decision that is about to be logged. */
export interface NewDecision {
  kind: DecisionKind;
  code: string;
  words: string;
}

export interface Decided {
  state: RolloutState;
  /** Decisions in chronological order; none if nothing changed. */
  decisions: NewDecision[];
  /** Version to deploy: the new one, or the previous one again. */
  deploys: "canary" | "stable" | null;
  /** Whether the budget has to be read before the decision is possible; then nothing was decided. */
  needsBudget: boolean;
}
