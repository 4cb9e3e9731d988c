import { and, eq } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { KpiDefinition } from "./contract.ts";

export interface StoredKpi extends Omit<typeof kpis.$inferSelect, "definition"> {
  definition: KpiDefinition;
}

/** A KPI of this workspace by its name, archived or not. @throws DomainError "not-found" */
export async function findKpi(ctx: Context, name: string): Promise<StoredKpi> {
  const [row] = await ctx.db
    .select()
    .from(kpis)
    .where(and(eq(kpis.workspaceId, ctx.actor.workspaceId), eq(kpis.name, name)));
  if (!row)
    throw new DomainError("not-found", `There is no KPI named "${name}". The page Overview, Business lists them.`);
  return { ...row, definition: KpiDefinition.parse(row.definition) };
}

/** The same, when it is not archived. @throws DomainError "not-found", "conflict" */
export async function findLiveKpi(ctx: Context, name: string): Promise<StoredKpi> {
  const found = await findKpi(ctx, name);
  if (found.archivedAt) {
    throw new DomainError("conflict", `The KPI "${name}" is archived. Make one of that name again to bring it back.`);
  }
  return found;
}
