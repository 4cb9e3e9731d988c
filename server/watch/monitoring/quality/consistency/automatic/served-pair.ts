import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";
import { newestRollout } from "../../../rollout-of.ts";

/** A version that begins to serve, and the one that served before it. */
export interface ServedPair {
  before: { versionId: string; version: number };
  now: { versionId: string; version: number };
  occasion: "rollout" | "deployment";
  /** Milliseconds since 1970. */
  since: number;
}

/** A change is looked at for so long; then it is how things are. */
export const evaluatedAtMs = 7 * dayMs;
/** Deployments of one version follow each other when somebody changes where it runs. */
const maxDeployments = 50;

/**
 * The new version of a running rollout and the stable one; else what was deployed in the last 7 days and the other version that served before it.
 * For who was let in already. @param now milliseconds since 1970 @returns undefined where nothing began to serve, or nothing served before
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
