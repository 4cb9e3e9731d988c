import { eq } from "drizzle-orm";
import { modelVersionTags, promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { isFeastUse } from "#server/platform/feast-use-tags.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { signatureTag } from "../security/contract.ts";
import { storeSignature } from "../security/store-signature.ts";
import { SetVersionTag } from "./contract.ts";

/**
 * Sets a tag of a version, or changes its value. Gates of open promotion requests run again. The tag "leeway.signature" carries a
 * signature, which is also stored separately.
 * @throws DomainError "not-found", and the reason why a signature is rejected.
 */
export async function setVersionTag(ctx: Context, input: SetVersionTag): Promise<void> {
  permit(ctx, "setVersionTag");
  const { name, version, key, value } = SetVersionTag.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    await ctx.db
      .insert(modelVersionTags)
      .values({ workspaceId: ctx.actor.workspaceId, versionId, key, value })
      .onConflictDoUpdate({ target: [modelVersionTags.versionId, modelVersionTags.key], set: { value } });
    await record(ctx, "version.tagged", { subject: `version/${name}/${version}`, after: { [key]: value } });
    if (key === signatureTag) await storeSignature(ctx, { versionId, name, version }, value);
    if (isFeastUse(key)) await enqueue(ctx, "find-feature-uses", { versionId });
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
    await publish(ctx, "model", modelId);
  });
}
