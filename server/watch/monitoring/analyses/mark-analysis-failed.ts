import { monitoringAnalyses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isUnmade } from "./lookups.ts";

/** Marks an analysis as failed after its last attempt. It can be requested again. */
export async function markAnalysisFailed(
  ctx: Context,
  { analysisId, reason }: JobData["give-up-analysis"],
): Promise<void> {
  permit(ctx, "markAnalysisFailed");
  const problem = `The analysis failed repeatedly. ${reason} Request it again.`;
  const [failed] = await ctx.db
    .update(monitoringAnalyses)
    .set({ state: "failed", problem, finishedAt: new Date() })
    .where(isUnmade(ctx, analysisId))
    .returning({ id: monitoringAnalyses.id, endpointId: monitoringAnalyses.endpointId });
  if (failed) await publish(ctx, "monitoring", failed.endpointId ?? failed.id);
}
