import { eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findVersion } from "../../../develop/registry/lookups.ts";
import { mainAlias } from "../../../develop/registry/policy/contract.ts";
import { loadPolicy } from "../../../develop/registry/policy/queries.ts";
import type { VersionKey } from "../../../develop/registry/versions/contract.ts";
import { servedVersions } from "../../../develop/registry/versions/served-versions.ts";
import type { Obstacle } from "../../../serve/rollout/contract.ts";
import { blocksOf } from "../../endpoints/blocks/block-rows.ts";
import type { VersionBlock } from "../../endpoints/blocks/contract.ts";
import { loadChecklists } from "../../gates/queries.ts";
import { obstaclesOf } from "./decide-choices.ts";
import type { StartGuard } from "./start-guard.ts";

export interface FoundObstacles {
  /** Worst first. */
  obstacles: Obstacle[];
  /** The block that one of them is about. */
  block: VersionBlock | undefined;
}

/**
 * Finds what speaks against moving an endpoint to a version: another endpoint fails with it, it was rolled back here, or one of its gates
 * failed. The caller has checked permissions. @throws DomainError "not-found"
 * @param failingOf endpoints that fail; without it none of them counts
 */
export async function findObstacles(
  ctx: Context,
  endpointId: string,
  key: VersionKey,
  failingOf: StartGuard["failingOf"] | undefined,
): Promise<FoundObstacles> {
  const { id, modelId } = await findVersion(ctx, key);
  const served = await servedVersions(ctx, eq(modelVersions.id, id));
  // What fails here is the version that serves here.
  const others = served.flatMap((each) =>
    each.endpointId === endpointId ? [] : [{ id: each.endpointId, name: each.endpointName }],
  );
  const failing = failingOf && others.length > 0 ? await failingOf(ctx, others) : [];
  const block = (await blocksOf(ctx, endpointId)).find(({ versionId }) => versionId === id);
  const { policy } = await loadPolicy(ctx, modelId);
  const lines = (await loadChecklists(ctx, { modelId, alias: mainAlias(policy), policy, versionIds: [id] })).get(id);
  const gates = (lines ?? []).map(({ title, standing, run }) => ({ title, status: standing, words: run?.words ?? "" }));
  const obstacles = obstaclesOf(
    failing.map(({ name }) => name),
    { failing, block, gates },
  );
  return { obstacles, block };
}
