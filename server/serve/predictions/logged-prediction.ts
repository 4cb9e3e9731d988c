import type { CascadeStep } from "../cascade/contract.ts";
import type { ServedFeatures } from "../features/contract.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import type { RolloutMark } from "../rollout/served-rollout.ts";
import type { Arm } from "../windows/contract.ts";
import type { LatencyParts, Prediction } from "./contract.ts";

/** A row of the prediction log as it waits to be stored. */
export interface LoggedPrediction {
  id: string;
  workspaceId: string;
  endpointId: string;
  versionId: string;
  arm: Arm;
  /** ISO 8601. */
  at: string;
  requestId: string;
  status: number;
  error: string | null;
  provider: string;
  latencyMs: number;
  parts: LatencyParts | null;
  batchRows: number | null;
  source: Prediction["source"];
  loggedReason: Prediction["loggedReason"];
  caller: string | null;
  traceId: string | null;
  answer: string | null;
  outputIndex: number | null;
  confidence: number | null;
  /** Null when the request brought the model's own tensors. */
  pipelineDigest: string | null;
  cascade: CascadeStep[] | null;
  /** Null where no rollout assigned it by chance. */
  rollout: RolloutMark | null;
  cost: number | null;
  /** Game day that affected the request; null or left out for all others. */
  gameDayId?: string | null;
  /** Time of the event that the prediction is about, ISO 8601; null or left out if the caller did not send it. */
  eventAt?: string | null;
  /** What was looked up for it; null or left out if nothing was. */
  features?: ServedFeatures | null;
  inputs: LoggedTensor[] | null;
  outputs: LoggedTensor[] | null;
}
