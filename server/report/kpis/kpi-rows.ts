import { and, eq } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { KpiDefinition } from "./contract.ts";

export interface StoredKpi extends Omit<typeof kpis.$inferSelect, "definition"> {
  definition: KpiDefinition;
}

/** Finds a KPI of this workspace by its name, archived or not. @throws DomainError "not-found" */
export async function findKpi(ctx: Context, name: string): Promise<StoredKpi> {
  const [row] = await ctx.db
    .select()
    .from(kpis)
    .where(and(eq(kpis.workspaceId, ctx.actor.workspaceId), eq(kpis.name, name)));
  if (!row) throw new DomainError("not-found", `KPI "${name}" not found. See Overview, Business for a list.`);
  return { ...row, definition: KpiDefinition.parse(row.definition) };
}

/** Finds a KPI that is not archived. @throws DomainError "not-found", "conflict" */
export async function findLiveKpi(ctx: Context, name: string): Promise<StoredKpi> {
  const found = await findKpi(ctx, name);
  if (found.archivedAt) {
    throw new DomainError("conflict", `The KPI "${name}" is archived. Create a KPI with this name to restore it.`);
  }
  return found;
}
