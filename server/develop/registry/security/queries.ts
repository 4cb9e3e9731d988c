import { eq } from "drizzle-orm";
import { registeredModelTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { VersionKey } from "../versions/contract.ts";
import { loadVersion } from "../versions/rows.ts";
import { chooseLicence } from "./choose-licence.ts";
import type { SecurityPolicyInForce, SecuritySummary, TrustedKey, VersionSecurity } from "./contract.ts";
import { evaluateDeployPolicy } from "./evaluate-deploy-policy.ts";
import { loadSecurity, loadSecurityPolicy, loadTrustedKeys } from "./load-security.ts";

/** Returns the security state of a version, and the result of the deployment policy. @throws DomainError "not-found" */
export async function getVersionSecurity(ctx: Context, input: VersionKey): Promise<VersionSecurity> {
  permit(ctx, "getVersionSecurity");
  const version = await loadVersion(ctx, VersionKey.parse(input));
  const known = (await loadSecurity(ctx, [version.id])).get(version.id);
  if (!known) throw new Error("A version was found, and then it was not.");
  const modelTags = await ctx.db
    .select({ key: registeredModelTags.key, value: registeredModelTags.value })
    .from(registeredModelTags)
    .where(eq(registeredModelTags.modelId, version.modelId));
  const licence = chooseLicence({
    versionTags: version.tags,
    modelTags,
    metadata: version.signature?.metadata,
    scanned: known.scan?.report?.licence,
  });
  const policy = await loadSecurityPolicy(ctx);
  return { ...known, licence, ...evaluateDeployPolicy(policy, known.scan, known.signature) };
}

/** Returns verdict, signature and policy result of versions of this workspace, for lists of them; others are skipped. */
export async function listSecuritySummaries(ctx: Context, versionIds: string[]): Promise<SecuritySummary[]> {
  permit(ctx, "listSecuritySummaries");
  const known = await loadSecurity(ctx, versionIds);
  const policy = await loadSecurityPolicy(ctx);
  return [...known].map(([versionId, { scan, signature }]) => ({
    versionId,
    verdict: scan?.verdict ?? null,
    isWaiting: scan !== null && scan.verdict === null,
    signature: signature.state,
    ...evaluateDeployPolicy(policy, scan, signature),
  }));
}

/** Lists the public keys that this workspace trusts, and those it has revoked, by name. */
export async function listTrustedKeys(ctx: Context): Promise<TrustedKey[]> {
  permit(ctx, "listTrustedKeys");
  return loadTrustedKeys(ctx);
}

/** Returns the policy for deploying an unsigned or dangerous version. */
export async function getSecurityPolicy(ctx: Context): Promise<SecurityPolicyInForce> {
  permit(ctx, "getSecurityPolicy");
  return loadSecurityPolicy(ctx);
}
