import { eq } from "drizzle-orm";
import { modelVersions, promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { type ModelVersion, UpdateModelVersion } from "./contract.ts";
import { loadVersion } from "./rows.ts";

/** Changes a version's description, or takes it away. Gates of open promotion requests run again. @throws DomainError "not-found" */
export async function updateModelVersion(ctx: Context, input: UpdateModelVersion): Promise<ModelVersion> {
  permit(ctx, "updateModelVersion");
  const { name, version, description } = UpdateModelVersion.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await findVersion(ctx, { name, version });
    await ctx.db
      .update(modelVersions)
      .set({ description, updatedAt: Date.now() })
      .where(eq(modelVersions.id, before.id));
    await record(ctx, "version.updated", {
      subject: `version/${name}/${version}`,
      before: { description: before.description },
      after: { description },
    });
    if (before.description !== description) await enqueueChecks(ctx, eq(promotionRequests.versionId, before.id));
    await publish(ctx, "model", before.modelId);
    return loadVersion(ctx, { name, version });
  });
}
