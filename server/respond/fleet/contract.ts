import type { EndpointSummary } from "#server/serve/endpoints/contract.ts";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";
import type { SloSummary } from "#server/watch/slo/objectives/contract.ts";
import type { EndpointState } from "../endpoint-states/contract.ts";
import type { IncidentStage } from "../incidents/stages/contract.ts";

/** Groups of the fleet, in the order of their need. */
export const fleetNeeds = ["action", "watch", "healthy", "idle"] as const;
export type FleetNeed = (typeof fleetNeeds)[number];

/** The one thing that a person can do about an endpoint. */
export interface NextStep {
  /** "Acknowledge INC-238", "Create SLO…". */
  words: string;
  href: string;
}

/** Open incident of an endpoint, as far as the fleet shows it. */
export interface FleetIncident {
  number: number;
  stage: IncidentStage;
  isAcknowledged: boolean;
}

/** An endpoint in the fleet. */
export interface FleetRow extends EndpointSummary {
  state: EndpointState;
  need: FleetNeed;
  next: NextStep | null;
  /** SLO with the least budget left; null without one. */
  worst: Pick<SloSummary, "name" | "budget" | "condition"> | null;
  /** In progress; null without one. */
  rollout: Pick<RolloutSummary, "id" | "canary" | "phase" | "weight" | "isPaused" | "hold"> | null;
}

export interface Fleet {
  /** By need, inside by urgency. */
  rows: FleetRow[];
  /** Whether there are more endpoints than are listed. */
  isCut: boolean;
}
