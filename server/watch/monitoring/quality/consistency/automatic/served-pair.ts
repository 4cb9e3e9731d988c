import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";
import { newestRollout } from "../../../rollout-of.ts";

/** Version that starts serving, and the one that served before it. */
export interface ServedPair {
  before: { versionId: string; version: number };
  now: { versionId: string; version: number };
  occasion: "rollout" | "deployment";
  /** Milliseconds since 1970. */
  since: number;
}

/** Time after a change during which it is evaluated; afterwards it is the normal state. */
export const evaluatedAtMs = 7 * dayMs;
/** Maximum deployments read: changing where a version runs creates consecutive deployments of it. */
const maxDeployments = 50;

/**
 * Returns the new version of a running rollout and the stable one; otherwise the version deployed in the last 7 days and the other version
 * that was deployed before it. The caller has checked permissions. @param now milliseconds since 1970 @returns undefined without a recent
 * deployment or an earlier version
 */
export async function servedPair(ctx: Context, endpointId: string, now: number): Promise<ServedPair | undefined> {
  const history = await deploymentHistory(ctx, endpointId, maxDeployments);
  const [current] = history;
  if (!current) return undefined;
  const rollout = await newestRollout(ctx, endpointId);
  if (rollout && rollout.endedAt === null) {
    const stable = history.find(({ versionId }) => versionId === rollout.stableVersionId);
    if (!stable || rollout.stableVersionId === rollout.canaryVersionId) return undefined;
    return {
      before: { versionId: stable.versionId, version: stable.version },
      now: { versionId: rollout.canaryVersionId, version: rollout.version },
      occasion: "rollout",
      since: rollout.startedAt,
    };
  }
  const index = history.findIndex(({ versionId }) => versionId !== current.versionId);
  const before = history[index];
  const first = history[index - 1];
  if (!before || !first) return undefined;
  const since = first.deployedAt.getTime();
  if (now - since > evaluatedAtMs) return undefined;
  return {
    before: { versionId: before.versionId, version: before.version },
    now: { versionId: current.versionId, version: current.version },
    occasion: "deployment",
    since,
  };
}
