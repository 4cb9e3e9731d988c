import { assignmentBucket } from "#server/serve/rollout/assignment-bucket.ts";
import type { CountedRequest } from "../../rollout/counted-request.ts";
import type { Ledger } from "../../rollout/ledger.ts";
import type { ServedRollout } from "../../rollout/served-rollout.ts";
import type { RequestedBy } from "../../rollout/unit-key.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import { Assigned } from "./assigned.ts";
import type { Choice } from "./choose-version.ts";

/**
 * Creates the assignment of a request to the chosen version, which determines what it is evidence of.
 * @param other the version of the rollout that is not deployed. @param startedAt on the clock of performance.now()
 */
export function startAssigned(
  ledger: Ledger,
  rollout: ServedRollout,
  choice: Choice,
  other: LoadedModel | undefined,
  request: RequestedBy,
  startedAt: number,
): Assigned {
  const { arm, isRandomised } = choice;
  if (!isRandomised) return new Assigned({ rollout, arm, ledger });
  const { requestId, callerId } = request;
  const counted = countedOf(rollout, choice, callerId, startedAt);
  return new Assigned({ rollout, arm, ledger, counted, shadowOn: shadowOf(rollout, arm, other, requestId) });
}

/** Returns the request to count. At a weight of 0 only copies can be compared. */
function countedOf(
  { step, weight }: ServedRollout,
  { arm, unit }: Choice,
  client: string,
  startedAt: number,
): CountedRequest | undefined {
  if (weight === 0) return undefined;
  return {
    arm,
    step,
    weight,
    unit,
    client,
    startedAt,
    endedAt: undefined,
    status: 0,
    isInvalid: false,
    bin: undefined,
    cost: undefined,
    isSampled: false,
    isExcluded: false,
    isOverdue: false,
  };
}

/** Returns the version that runs a copy, for a share of the requests to the deployed version. */
function shadowOf(
  { phase, salt, shadowShare }: ServedRollout,
  arm: Choice["arm"],
  other: LoadedModel | undefined,
  requestId: string,
): LoadedModel | undefined {
  const isDeployed = arm === (phase === "watching" ? "canary" : "stable");
  if (shadowShare === 0 || !isDeployed || other?.state !== "ready") return undefined;
  // Another salt, so that copies are of no certain arm's neighbours.
  return assignmentBucket(`${salt} shadow`, requestId) < shadowShare ? other : undefined;
}
