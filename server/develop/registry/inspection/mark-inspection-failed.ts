import { and, eq } from "drizzle-orm";
import { modelVersions, promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";

/** Ends an inspection that failed at its last try: the version cannot be served, says why, and can be inspected again. */
export async function markInspectionFailed(
  ctx: Context,
  { versionId, reason }: JobData["give-up-inspection"],
): Promise<void> {
  permit(ctx, "markInspectionFailed");
  const inspectionMessage = `The inspection failed repeatedly. ${reason}`;
  await transact(ctx, async (ctx) => {
    const [ended] = await ctx.db
      .update(modelVersions)
      .set({ inspection: "unservable", inspectionMessage, inspectedAt: new Date() })
      .where(
        and(
          eq(modelVersions.id, versionId),
          eq(modelVersions.workspaceId, ctx.actor.workspaceId),
          eq(modelVersions.inspection, "pending"),
        ),
      )
      .returning({ modelId: modelVersions.modelId });
    if (!ended) return;
    await publish(ctx, "model", ended.modelId);
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
  });
}
