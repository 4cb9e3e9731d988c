import { and, eq } from "drizzle-orm";
import { modelVersions, modelVersionTags, promotionRequests, versionSignatures } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { servedVersions } from "../versions/served-versions.ts";
import { RemoveSignature, signatureTag } from "./contract.ts";
import { loadSecurity, loadSecurityPolicy } from "./load-security.ts";

/**
 * Takes the signature off a version, with the tag that brought it. Gates of open promotion requests run again.
 * @throws DomainError "not-found" for the version, "conflict" when it is not signed, or serves where only signed versions may
 */
export async function removeSignature(ctx: Context, input: RemoveSignature): Promise<void> {
  permit(ctx, "removeSignature");
  const { reason, ...key } = RemoveSignature.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, key);
    await refuseWhereNeeded(ctx, versionId, key);
    const [removed] = await ctx.db
      .delete(versionSignatures)
      .where(eq(versionSignatures.versionId, versionId))
      .returning({ signature: versionSignatures.signature, addedBy: versionSignatures.addedBy });
    if (!removed) throw new DomainError("conflict", `${key.name} v${key.version} is not signed.`);
    // Otherwise a later reader of the tag would take the version for a signed one.
    const isTag = and(eq(modelVersionTags.versionId, versionId), eq(modelVersionTags.key, signatureTag));
    await ctx.db.delete(modelVersionTags).where(isTag);
    const subject = `version/${key.name}/${key.version}`;
    await record(ctx, "version.signature-removed", { subject, before: removed, reason });
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
    await publish(ctx, "model", modelId);
  });
}

/**
 * Rejects the removal of a signature that a deployed version requires: the version would continue to serve, but could neither be deployed
 * again nor be a rollback target.
 */
async function refuseWhereNeeded(
  ctx: Context,
  versionId: string,
  { name, version }: { name: string; version: number },
): Promise<void> {
  // Serialises with a deployment that checks the signature: one waits for the other's lock, see refuse-unsafe.ts.
  const isThis = eq(modelVersions.id, versionId);
  await ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(isThis).for("update");
  const { unsigned } = await loadSecurityPolicy(ctx);
  const known = (await loadSecurity(ctx, [versionId])).get(versionId);
  if (unsigned !== "forbid" || known?.signature.state !== "trusted") return;
  const [served] = await servedVersions(ctx, isThis);
  if (!served) return;
  throw new DomainError(
    "conflict",
    `${name} v${version} ${served.isStep ? "is a cascade step of" : "is deployed to"} the endpoint "${served.endpointName}", and only signed versions may be deployed in this workspace. ${served.isStep ? "Remove it from the cascade first." : "Deploy another version first."}`,
  );
}
