import { assignmentBucket } from "#server/serve/rollout/assignment-bucket.ts";
import type { PoolState } from "../../pool/model-pool.ts";
import type { CountedRequest } from "../../rollout/counted-request.ts";
import type { Ledger } from "../../rollout/ledger.ts";
import type { ServedRollout } from "../../rollout/served-rollout.ts";
import type { RequestedBy } from "../../rollout/unit-key.ts";
import type { AddressedVersion } from "../addressed-version.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import { Assigned } from "./assigned.ts";
import type { Choice } from "./choose-version.ts";

/**
 * Creates the assignment of a request to the chosen version, which determines what it is evidence of.
 * @param endpoint with the deployed version and the other one of the rollout. @param startedAt on the clock of performance.now()
 */
export function startAssigned(
  ledger: Ledger,
  rollout: ServedRollout,
  choice: Choice,
  { serving, other }: Pick<AddressedVersion["endpoint"], "serving" | "other">,
  request: RequestedBy,
  startedAt: number,
): Assigned {
  const { arm, isRandomised } = choice;
  if (!isRandomised) return new Assigned({ rollout, arm, ledger });
  const { requestId, callerId } = request;
  const isTimed = runAlike(serving?.opened?.pool.state, other?.opened?.pool.state);
  const counted = countedOf(rollout, choice, callerId, startedAt, isTimed);
  return new Assigned({ rollout, arm, ledger, counted, shadowOn: shadowOf(rollout, arm, other, requestId), isTimed });
}

type Mode = Pick<PoolState, "kind" | "isSettled">;

/**
 * Returns whether two versions run in the same mode: a new one runs alone in a process of its own until it is trusted, beside a stable one
 * in several threads. Versions that stay in different modes are compared as they will be.
 */
function runAlike(serving: Mode | undefined, other: Mode | undefined): boolean {
  if (!serving || !other) return true;
  const [one, two] = [serving.isSettled ?? true, other.isSettled ?? true];
  return one === two && (one || serving.kind === other.kind);
}

/** Returns the request to count. At a weight of 0 only copies can be compared. */
function countedOf(
  { step, weight }: ServedRollout,
  { arm, unit }: Choice,
  client: string,
  startedAt: number,
  isTimed: boolean,
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
    ownMs: undefined,
    isTimed,
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
