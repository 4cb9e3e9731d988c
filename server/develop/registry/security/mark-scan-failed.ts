import { and, eq, isNull } from "drizzle-orm";
import { modelVersions, promotionRequests, versionScans } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import type { ScanReport } from "./contract.ts";

/** Finishes a scan whose last attempt failed: the contents of the files are unknown, and they can be scanned again. */
export async function markScanFailed(ctx: Context, { versionId, reason }: JobData["give-up-scan"]): Promise<void> {
  permit(ctx, "markScanFailed");
  const message = `The inspection failed repeatedly. ${reason}`;
  const report: ScanReport = { findings: [], leftOut: 0, files: 0, sizeBytes: 0, licence: null, message };
  await transact(ctx, async (ctx) => {
    const [ended] = await ctx.db
      .update(versionScans)
      .set({ verdict: "failed-to-scan", report, scannedAt: new Date() })
      .where(
        and(
          eq(versionScans.versionId, versionId),
          eq(versionScans.workspaceId, ctx.actor.workspaceId),
          isNull(versionScans.verdict),
        ),
      )
      .returning({ versionId: versionScans.versionId });
    if (!ended) return;
    const [version] = await ctx.db
      .select({ modelId: modelVersions.modelId })
      .from(modelVersions)
      .where(eq(modelVersions.id, versionId));
    if (version) await publish(ctx, "model", version.modelId);
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
  });
}
