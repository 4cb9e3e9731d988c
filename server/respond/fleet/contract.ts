import type { EndpointSummary } from "#server/serve/endpoints/contract.ts";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";
import type { QualityState } from "#server/watch/monitoring/quality/metrics/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
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

/** Quality of an endpoint over 30 days. */
export interface FleetQuality {
  metric: QualityMetric;
  state: QualityState;
  /** Null where nothing was measured. */
  value: number | null;
  /** Whether the value is an estimate, as there are no complete labels. */
  isEstimated: boolean;
}

/** "95% within 250 ms". */
export interface LatencyTarget {
  /** Share of requests, 0 to 1. */
  target: number;
  withinMs: number;
}

/** An endpoint in the fleet. */
export interface FleetRow extends EndpointSummary {
  state: EndpointState;
  need: FleetNeed;
  next: NextStep | null;
  /** SLO with the least budget left; null without one. */
  worst: Pick<SloSummary, "name" | "budget" | "condition"> | null;
  /** Owns the endpoint, or the model that was deployed to it last. */
  team: { id: string; name: string } | null;
  /** Strictest latency SLO; null without one. */
  latencyTarget: LatencyTarget | null;
  /** Null for an endpoint that is newer than the last reading, and where reading failed. */
  quality: FleetQuality | null;
  /** In progress; null without one. */
  rollout: Pick<RolloutSummary, "id" | "canary" | "phase" | "weight" | "isPaused" | "hold"> | null;
}

export interface Fleet {
  /** By need, inside by urgency. */
  rows: FleetRow[];
  /** Ids of the teams that the reader is in. */
  ownTeams: string[];
  /** Whether there are more endpoints than are listed. */
  isCut: boolean;
}
