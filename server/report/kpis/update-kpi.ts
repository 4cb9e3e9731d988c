import { eq } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Kpi, UpdateKpi } from "./contract.ts";
import { findLiveKpi } from "./kpi-rows.ts";
import { loadKpi } from "./queries.ts";

/** Updates the definition of a KPI; its events stay. @throws DomainError "not-found", "conflict" if it is archived */
export async function updateKpi(ctx: Context, input: UpdateKpi): Promise<Kpi> {
  permit(ctx, "updateKpi");
  const { kpi, definition } = UpdateKpi.parse(input);
  return transact(ctx, async (ctx) => {
    const { id, name, definition: before } = await findLiveKpi(ctx, kpi);
    await ctx.db.update(kpis).set({ definition }).where(eq(kpis.id, id));
    await record(ctx, "kpi.updated", { subject: `kpi/${id}`, before, after: { name, ...definition } });
    return loadKpi(ctx, name);
  });
}
