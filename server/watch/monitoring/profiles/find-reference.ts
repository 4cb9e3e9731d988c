import { eq } from "drizzle-orm";
import { modelVersions, referenceProfiles, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loggedSources } from "./logged-sources.ts";
import { addProfile } from "./request-profile.ts";

/**
 * Requests a version's first reference, if its run logged a dataset whose rows Leeway has and which has a column for every input.
 * Repeated, or for a version that had a reference before, it does nothing: references chosen or retired by a user stay as they are.
 */
export async function findReference(ctx: Context, versionId: string): Promise<void> {
  permit(ctx, "findReference");
  await transact(ctx, async (ctx) => {
    const [found] = await ctx.db
      .select({ version: modelVersions, modelName: registeredModels.name })
      .from(modelVersions)
      .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
      .where(eq(modelVersions.id, versionId));
    if (!found || found.version.workspaceId !== ctx.actor.workspaceId || !found.version.signature) return;
    const [known] = await ctx.db
      .select({ id: referenceProfiles.id })
      .from(referenceProfiles)
      .where(eq(referenceProfiles.versionId, versionId))
      .limit(1);
    if (known) return;
    const fitting = (await loggedSources(ctx, found.version)).find(({ problem }) => problem === null);
    if (!fitting?.source) return;
    const reason = `Its run logged ${fitting.name} (${fitting.digest}), whose rows are available.`;
    const { source, rows: rowsExpected } = fitting;
    const profileId = await addProfile(ctx, { versionId, source, rowsExpected, reason });
    if (!profileId) return;
    const subject = `version/${found.modelName}/${found.version.version}`;
    await record(ctx, "reference.requested", { subject, after: { profileId, source }, reason });
    await publish(ctx, "model", found.version.modelId);
  });
}
