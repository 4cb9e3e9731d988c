import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { costBudgets, endpoints, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { dayOf, monthOf } from "../spending/days.ts";
import type { CostBudget } from "./contract.ts";

/** Lists all budgets ever set, newest first, marking the one in effect this month for each scope; and the endpoints that may have one. */
export async function listCostBudgets(
  ctx: Context,
  now = Date.now(),
): Promise<{ budgets: CostBudget[]; endpoints: { id: string; name: string }[]; thisMonth: string; timeZone: string }> {
  permit(ctx, "listCostBudgets");
  const timeZone = await workspaceTimeZone(ctx);
  const thisMonth = monthOf(dayOf(now, timeZone));
  const budgets = await readBudgets(ctx, thisMonth);
  const isLive = and(eq(endpoints.workspaceId, ctx.actor.workspaceId), isNull(endpoints.archivedAt));
  const rows = ctx.db.select({ id: endpoints.id, name: endpoints.name }).from(endpoints);
  return { budgets, endpoints: await rows.where(isLive).orderBy(asc(endpoints.name)), thisMonth, timeZone };
}

/** Reads budgets; the caller has checked other permissions. @param month whose budgets are marked as active */
export async function readBudgets(ctx: Context, month: string): Promise<CostBudget[]> {
  const rows = await ctx.db
    .select({ budget: costBudgets, endpoint: endpoints.name, team: teams.name })
    .from(costBudgets)
    .leftJoin(endpoints, eq(endpoints.id, costBudgets.endpointId))
    .leftJoin(teams, eq(teams.id, costBudgets.teamId))
    .where(eq(costBudgets.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(costBudgets.from), desc(costBudgets.createdAt));
  const seen = new Set<string>();
  return rows.map(({ budget, endpoint, team }) => {
    const { id, endpointId, teamId, amount, currency, from, reason, createdBy, createdAt } = budget;
    const scope = endpointId ?? teamId ?? "";
    const isInForce = monthOf(from) <= month && !seen.has(scope);
    if (isInForce) seen.add(scope);
    const fromMonth = monthOf(from);
    const name = endpoint ?? team;
    return { id, endpointId, teamId, name, amount, currency, fromMonth, reason, createdBy, createdAt, isInForce };
  });
}

/** Returns a month's budgets by scope: an endpoint or team ID, "" for the workspace; excludes those of 0 or in another currency. */
export async function budgetsOf(ctx: Context, month: string, currency: string | null): Promise<Map<string, number>> {
  const held = (await readBudgets(ctx, month)).filter(({ isInForce }) => isInForce);
  return new Map(
    held.flatMap(({ endpointId, teamId, amount, currency: own }) =>
      amount > 0 && own === currency ? [[endpointId ?? teamId ?? "", amount] as const] : [],
    ),
  );
}
