import { eq } from "drizzle-orm";
import { modelVersions, referenceProfiles } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { UploadProblem } from "#server/develop/datasets/contract.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isUnbuilt } from "./lookups.ts";

/** Marks a reference as failed after its last build attempt. It can be requested again. */
export async function markReferenceFailed(
  ctx: Context,
  { profileId, reason }: JobData["give-up-profile"],
): Promise<void> {
  permit(ctx, "markReferenceFailed");
  const problem: UploadProblem = { message: `The analysis failed repeatedly. ${reason} Request it again.` };
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(referenceProfiles)
      .set({ state: "failed", problem, finishedAt: new Date() })
      .where(isUnbuilt(ctx, profileId))
      .returning({ versionId: referenceProfiles.versionId });
    if (!failed) return;
    const [version] = await ctx.db
      .select({ modelId: modelVersions.modelId })
      .from(modelVersions)
      .where(eq(modelVersions.id, failed.versionId));
    if (version) await publish(ctx, "model", version.modelId);
  });
}
