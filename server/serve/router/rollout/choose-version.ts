import { bucketOf, hashedUnit } from "#server/serve/rollout/assignment-bucket.ts";
import type { ServedRollout } from "../../rollout/served-rollout.ts";
import { type RequestedBy, unitKey } from "../../rollout/unit-key.ts";
import type { AddressedVersion } from "../addressed-version.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import { armOf, type RolloutSide } from "./arm-of.ts";

/** Header with which a client selects an arm itself. */
const armHeader = "leeway-arm";

interface Requested extends RequestedBy {
  /** Whether the address has a number. */
  isPinned: boolean;
  /** Whether Postgres has confirmed lately that the rollout goes on. */
  isConfirmed: boolean;
}

/** Version chosen for a request of an endpoint with a rollout. */
export interface Choice {
  version: LoadedModel;
  arm: RolloutSide;
  /** Whether the choice was random, or there is none while the new version is monitored: only such requests are evidence. */
  isRandomised: boolean;
  /** Hash of the unit's key; empty when each request is a unit. */
  unit: string;
}

/**
 * Chooses between the two versions of a rollout: by the number in the address, by the header of the client, or by the hash of the
 * unit. While one of them is not loaded here, the other one serves all requests, and nothing is assigned at random. While Postgres does
 * not confirm the rollout, the version before serves all.
 */
export function chooseVersion(
  { endpoint, version: addressed }: AddressedVersion,
  rollout: ServedRollout,
  request: Requested,
): Choice {
  const { route, other, serving } = endpoint;
  const isWatching = rollout.phase === "watching";
  const plain = {
    version: addressed,
    arm: armOf(route, addressed.model.versionId),
    isRandomised: false,
    unit: "",
  };
  if (request.isPinned || !other) return plain;
  const requestedArm = request.headers?.[armHeader];
  if (requestedArm === "canary" || requestedArm === "stable") {
    const isOther = (requestedArm === "canary") !== isWatching;
    return { ...plain, version: isOther ? other : addressed, arm: requestedArm };
  }
  if (serving?.model.versionId !== route.model.versionId || rollout.phase === "starting") return plain;
  const isSticky = rollout.unit.kind !== "request";
  // Requests without headers are tasks, which may be retried and wait behind all others: they share in the split only.
  const isRandomised = request.headers !== undefined;
  if (isWatching) {
    return { ...plain, isRandomised, unit: isSticky ? hashedUnit(rollout.salt, unitKey(rollout.unit, request)) : "" };
  }
  if (other.state !== "ready" || !request.isConfirmed) return plain;
  if (rollout.weight === 0) return { ...plain, isRandomised };
  const hashed = hashedUnit(rollout.salt, unitKey(rollout.unit, request));
  const arm = bucketOf(hashed) < rollout.weight ? "canary" : "stable";
  return { version: arm === "canary" ? other : addressed, arm, isRandomised, unit: isSticky ? hashed : "" };
}
