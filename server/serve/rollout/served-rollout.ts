import type { AssignmentUnit, GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import type { DeployedModel } from "../versions/served-model.ts";

/** A rollout as gateways need it. */
export interface ServedRollout {
  rolloutId: string;
  phase: "starting" | "stepping" | "watching";
  salt: string;
  unit: AssignmentUnit;
  /** While watching, the number of steps. */
  step: number;
  /** Share of the units that the new version answers now; 1 while watching. */
  weight: number;
  /** Share of the requests that run on the other version too, without anybody waiting for it. */
  shadowShare: number;
  metrics: GuardrailMetric[];
  slowMs: number;
  outcomeAgeMs: number;
  outputRange: { low: number; high: number } | null;
  outputBins: number[] | null;
  binnedOutput: string | null;
  /** The most that one request counts as in costs: a mean of heavy tails is no evidence. Null is no limit. */
  costClip: number | null;
  /** The new version; while watching, the one before. It stays loaded for the whole rollout. */
  other: DeployedModel;
}

/** What a prediction was assigned by. */
export interface RolloutMark {
  id: string;
  step: number;
  weight: number;
  /** As in rollout_units; the request's own id where units are requests. */
  unit: string;
  /** Whether it is in the log by a draw of its id, or would be had it not failed. */
  isSampled: boolean;
}
