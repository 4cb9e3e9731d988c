import { and, eq, isNull } from "drizzle-orm";
import { costBudgets, endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findTeam } from "#server/platform/teams/team-of.ts";
import { currencyAt, readBook } from "../prices/read-book.ts";
import { dayOf, monthOf } from "../spending/days.ts";
import { type CostBudget, SetCostBudget } from "./contract.ts";
import { readBudgets } from "./queries.ts";

/**
 * Sets what may be spent in a month from one month on, of the workspace, an endpoint or a team; 0 takes the budget away.
 * @throws DomainError "not-found" for an endpoint or team that is not there; "invalid" without a currency; "conflict" for another one than prices have
 */
export async function setCostBudget(ctx: Context, input: SetCostBudget): Promise<CostBudget> {
  permit(ctx, "setCostBudget");
  const { endpointId, teamId, amount, reason, ...given } = SetCostBudget.parse(input);
  const now = Date.now();
  const thisMonth = monthOf(dayOf(now, await workspaceTimeZone(ctx)));
  const { fromMonth = thisMonth } = given;
  return transact(ctx, async (ctx) => {
    const priced = currencyAt(await readBook(ctx), now);
    const currency = given.currency ?? priced;
    if (currency === null) {
      const why = "No prices are set, so the budget has no currency. Specify one, or set prices first.";
      throw new DomainError("invalid", why, { field: "currency" });
    }
    if (priced !== null && currency !== priced) {
      const why = `Prices are in ${priced}; a budget in ${currency} could not be compared with spend.`;
      throw new DomainError("conflict", why, { field: "currency" });
    }
    const subject = await subjectOf(ctx, endpointId, teamId);
    const { workspaceId, name: createdBy } = ctx.actor;
    const scope = { endpointId: endpointId ?? null, teamId: teamId ?? null };
    const [row] = await ctx.db
      .insert(costBudgets)
      .values({ workspaceId, ...scope, amount, currency, from: `${fromMonth}-01`, reason, createdBy })
      .returning({ id: costBudgets.id });
    await record(ctx, "cost-budget.set", { subject, reason, after: { amount, currency, fromMonth } });
    await publish(ctx, "cost", row?.id as string);
    const all = await readBudgets(ctx, thisMonth);
    return all.find(({ id }) => id === row?.id) as CostBudget;
  });
}

async function subjectOf(ctx: Context, endpointId?: string, teamId?: string): Promise<string> {
  if (teamId) {
    const team = await findTeam(ctx, teamId);
    if (!team)
      throw new DomainError("not-found", "Team not found. See On call, Teams for a list.", { field: "teamId" });
    return `team/${team.name}`;
  }
  if (!endpointId) return "workspace";
  const [endpoint] = await ctx.db
    .select({ name: endpoints.name })
    .from(endpoints)
    .where(
      and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.id, endpointId), isNull(endpoints.archivedAt)),
    );
  if (!endpoint) throw new DomainError("not-found", "Endpoint not found.", { field: "endpointId" });
  return `endpoint/${endpoint.name}`;
}
