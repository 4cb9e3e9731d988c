import { and, desc, eq, isNull } from "drizzle-orm";
import { budgetAdjustments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { StoredSlo } from "../../objectives/stored-slos.ts";
import { countSlo } from "../counting/count-slo.ts";
import type { Adjustment } from "../engine/events.ts";
import { periodAt } from "../engine/periods.ts";
import { sumOf } from "../spending/sum-of.ts";
import type { BudgetAdjustment } from "./contract.ts";

/** Maximum number displayed; all of them count. */
const most = 200;

/** Returns the time ranges that are currently excluded. The caller has checked permissions. */
export async function activeAdjustments(ctx: Context, sloId: string): Promise<Adjustment[]> {
  const rows = await ctx.db
    .select({ from: budgetAdjustments.from, to: budgetAdjustments.to })
    .from(budgetAdjustments)
    .where(
      and(
        eq(budgetAdjustments.workspaceId, ctx.actor.workspaceId),
        eq(budgetAdjustments.sloId, sloId),
        isNull(budgetAdjustments.revokedAt),
      ),
    );
  return rows.map(({ from, to }) => ({ from: from.getTime(), to: to.getTime() }));
}

/** Lists all adjustments of an SLO, newest range first, including revoked ones, with the part that each excludes from the period. */
export async function listAdjustmentsOf(ctx: Context, slo: StoredSlo): Promise<BudgetAdjustment[]> {
  const rows = await ctx.db
    .select()
    .from(budgetAdjustments)
    .where(and(eq(budgetAdjustments.workspaceId, ctx.actor.workspaceId), eq(budgetAdjustments.sloId, slo.id)))
    .orderBy(desc(budgetAdjustments.from))
    .limit(most);
  if (rows.length === 0) return [];
  const now = Date.now();
  const { start } = periodAt(slo.definition.period, now);
  const counts = slo.definition.indicator ? await countSlo(ctx, slo, { from: start, to: now }) : undefined;
  return rows.map(({ workspaceId, sloId, ...row }) => {
    const isBefore = !counts || row.to.getTime() <= counts.start;
    return { ...row, removed: isBefore ? null : sumOf(counts, { from: row.from.getTime(), to: row.to.getTime() }) };
  });
}
