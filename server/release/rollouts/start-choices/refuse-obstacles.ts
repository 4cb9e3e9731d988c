import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { VersionKey } from "../../../develop/registry/versions/contract.ts";
import type { ChosenAnyway } from "../../../serve/rollout/contract.ts";
import { liftBlock } from "../../endpoints/blocks/lift-block.ts";
import { refuseBlocked } from "../../endpoints/blocks/refuse-blocked.ts";
import { findObstacles } from "./find-obstacles.ts";
import type { StartGuard } from "./start-guard.ts";

interface Chosen {
  endpoint: { id: string; name: string };
  versionId: string;
  key: VersionKey;
  /** Why the version is chosen despite everything that speaks against it. */
  anywayReason: string | undefined;
  /** Whether the reason of the start is one to unblock the version. */
  overridesBlock: boolean;
  reason: string;
}

/**
 * Rejects a version that something speaks against, unless the caller says why to choose it anyway, which unblocks it. The caller holds the
 * endpoint's row. @returns what is overruled and why; undefined if nothing speaks against it. @throws DomainError "conflict"
 */
export async function refuseObstacles(
  ctx: Context,
  chosen: Chosen,
  failingOf: StartGuard["failingOf"] | undefined,
): Promise<ChosenAnyway | undefined> {
  const { endpoint, versionId, key, anywayReason, overridesBlock } = chosen;
  const { obstacles, block } = await findObstacles(ctx, endpoint.id, key, failingOf);
  if (obstacles.length === 0) return undefined;
  const isOnlyBlocked = obstacles.every(({ kind }) => kind === "blocked");
  const reason = anywayReason ?? (isOnlyBlocked && overridesBlock ? chosen.reason : undefined);
  if (reason === undefined) {
    if (isOnlyBlocked) await refuseBlocked(ctx, { endpoint, versionId, overrides: false, reason: "" });
    const against = obstacles.map(({ title, detail }) => `${title} (${detail.replace(/\.$/, "")})`).join("; ");
    throw new DomainError(
      "conflict",
      `${key.name} version ${key.version}: ${against}. Choose another version, or set "anywayReason"; your name and reason are recorded.`,
      { field: "version" },
    );
  }
  if (block) await liftBlock(ctx, block, { endpoint: endpoint.name, reason });
  return { reason, obstacles };
}
