import type { BudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import type { DecisionKind, FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { Evidence } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** What a gateway that was heard of in the last 30 s, and is not about to stop, does with the new version. */
export interface GatewayFact {
  /** Address or id, for people. */
  name: string;
  canary: "ready" | "loading" | "failed" | "unknown";
  /** Why it failed. */
  message: string | null;
}

/** What is true now beside the counts. */
export interface Facts {
  gateways: readonly GatewayFact[];
  /** What the error budgets of the endpoint say; undefined while nobody asked, which is needed only before a rollout goes on. */
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
  /** Of all arms and metrics together. */
  units: number;
  facts: Facts;
  /** Milliseconds since 1970. */
  now: number;
}

/** A row of the decision log to be, made by Leeway. */
export interface NewDecision {
  kind: DecisionKind;
  code: string;
  words: string;
}

export interface Decided {
  state: RolloutState;
  /** In the order in which they were made; none where nothing changed. */
  decisions: NewDecision[];
  /** What has to be deployed: the new version, or the one before again. */
  deploys: "canary" | "stable" | null;
  /** Whether the budget has to be read before the decision can be made; then nothing was decided. */
  needsBudget: boolean;
}
