import { and, eq } from "drizzle-orm";
import { modelVersionTags, promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { DeleteVersionTag } from "./contract.ts";

/** Takes a tag off a version; one that is not there is fine. Gates of open promotion requests run again. @throws DomainError "not-found" for the version. */
export async function deleteVersionTag(ctx: Context, input: DeleteVersionTag): Promise<void> {
  permit(ctx, "deleteVersionTag");
  const { name, version, key } = DeleteVersionTag.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    const [tag] = await ctx.db
      .delete(modelVersionTags)
      .where(and(eq(modelVersionTags.versionId, versionId), eq(modelVersionTags.key, key)))
      .returning();
    if (!tag) return;
    await record(ctx, "version.untagged", { subject: `version/${name}/${version}`, before: { [key]: tag.value } });
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
    await publish(ctx, "model", modelId);
  });
}
