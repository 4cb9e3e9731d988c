import { eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { VersionKey } from "../versions/contract.ts";
import { evaluateDeployPolicy } from "./evaluate-deploy-policy.ts";
import { loadSecurity, loadSecurityPolicy } from "./load-security.ts";

/**
 * Refuses to serve a version that the workspace's security policy forbids, by its scan and its signature as they are now.
 * @returns what the policy warns of. @throws DomainError "conflict" with what is in the way and what to do.
 */
export async function refuseUnsafe(ctx: Context, versionId: string, { name, version }: VersionKey): Promise<string[]> {
  // Prevents removal of the signature until the deployment that relies on it is stored.
  await ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(eq(modelVersions.id, versionId)).for("share");
  const known = (await loadSecurity(ctx, [versionId])).get(versionId);
  if (!known) return [];
  const { refusals, warnings } = evaluateDeployPolicy(await loadSecurityPolicy(ctx), known.scan, known.signature);
  if (refusals.length === 0) return warnings;
  throw new DomainError(
    "conflict",
    `${name} v${version} cannot be deployed in this workspace. ${refusals.join(" ")} See Settings, Security for the policy.`,
  );
}
