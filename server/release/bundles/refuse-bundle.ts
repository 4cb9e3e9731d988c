import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { refuseMisfitOf } from "#server/develop/registry/pipeline/refuse-misfit.ts";
import type { VersionSecurity } from "#server/develop/registry/security/contract.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { refuseDeploy } from "#server/release/gates/refuse-deploy.ts";

/**
 * Rejects bundles for devices of a version that may not serve here: it could not be recalled from them.
 * @throws DomainError "conflict" with the reason and what to do
 */
export async function refuseBundle(
  ctx: Context,
  versionId: string,
  { name, version }: VersionKey,
  { refusals }: Pick<VersionSecurity, "refusals">,
): Promise<void> {
  if (refusals.length > 0) {
    throw new DomainError(
      "conflict",
      `${name} v${version} cannot be bundled because it cannot be deployed in this workspace. ${refusals.join(" ")} See Settings, Security for the policy.`,
    );
  }
  await refuseDeploy(ctx, { name, version });
  await refuseMisfitOf(ctx, versionId);
}
