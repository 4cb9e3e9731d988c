import { eq } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ArchiveKpi } from "./contract.ts";
import { findLiveKpi } from "./kpi-rows.ts";

/** Archives a KPI, which stops its counting; existing events are kept. @throws DomainError "not-found", "conflict" */
export async function archiveKpi(ctx: Context, input: ArchiveKpi): Promise<void> {
  permit(ctx, "archiveKpi");
  const { kpi, reason } = ArchiveKpi.parse(input);
  await transact(ctx, async (ctx) => {
    const { id, name } = await findLiveKpi(ctx, kpi);
    await ctx.db.update(kpis).set({ archivedAt: new Date() }).where(eq(kpis.id, id));
    await record(ctx, "kpi.archived", { subject: `kpi/${id}`, before: { name }, ...(reason && { reason }) });
  });
}
