import { isNotNull } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateKpi, type Kpi } from "./contract.ts";
import { loadKpi } from "./queries.ts";

/** Creates a KPI; with the name of an archived KPI, that one is restored. @throws DomainError "conflict" */
export async function createKpi(ctx: Context, input: CreateKpi): Promise<Kpi> {
  permit(ctx, "createKpi");
  const { name, definition } = CreateKpi.parse(input);
  const { workspaceId, name: createdBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .insert(kpis)
      .values({ workspaceId, name, definition, createdBy })
      .onConflictDoUpdate({
        target: [kpis.workspaceId, kpis.name],
        set: { definition, archivedAt: null },
        setWhere: isNotNull(kpis.archivedAt),
      })
      .returning({ id: kpis.id });
    if (!row) throw new DomainError("conflict", `A KPI named "${name}" already exists.`, { field: "name" });
    await record(ctx, "kpi.created", { subject: `kpi/${row.id}`, after: { name, ...definition } });
    return loadKpi(ctx, name);
  });
}
