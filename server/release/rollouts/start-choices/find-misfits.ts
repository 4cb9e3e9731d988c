import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findAllSeen } from "#server/serve/cascade/find-seen.ts";
import { compatibilityProblems } from "../compatibility.ts";

/**
 * Finds why versions cannot take over from the one that serves, as the start of a rollout rejects them: the first reason of each, by version. Versions
 * that can are absent, and those without a signature, which are no choice anyway.
 */
export async function findMisfits(
  ctx: Context,
  stableId: string,
  versionIds: readonly string[],
): Promise<Map<string, string>> {
  permit(ctx, "planRollout");
  const seen = await findAllSeen(ctx, [stableId, ...versionIds]);
  const stable = seen.get(stableId);
  const misfits = new Map<string, string>();
  for (const id of stable ? versionIds : []) {
    const own = seen.get(id);
    const [problem] = stable && own && id !== stableId ? compatibilityProblems(stable, own) : [];
    if (problem !== undefined) misfits.set(id, problem);
  }
  return misfits;
}
