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
  /** Share of the units that the new version serves now; 1 during monitoring. */
  weight: number;
  /** Share of the requests that also run on the other version, without a caller waiting for it. */
  shadowShare: number;
  metrics: GuardrailMetric[];
  slowMs: number;
  outcomeAgeMs: number;
  outputRange: { low: number; high: number } | null;
  outputBins: number[] | null;
  binnedOutput: string | null;
  /** Maximum cost counted for one request, since a heavy-tailed mean is no evidence. Null means no limit. */
  costClip: number | null;
  /** The new version; during monitoring, the previous one. It stays loaded for the complete rollout. */
  other: DeployedModel;
}

/** Rollout that assigned a prediction. */
export interface RolloutMark {
  id: string;
  step: number;
  weight: number;
  /** As in rollout_units; the id of the prediction where units are requests, of a copy that of its original. */
  unit: string;
  /** Whether a draw of its id samples it for the log, or would have, had it not failed. */
  isSampled: boolean;
  /** Of a copy: id of the prediction that it copies. Absent in rows of earlier releases. */
  originalId?: string;
}
