import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import { readCosts } from "#server/watch/cost/report/queries.ts";
import { dayOf, monthOf } from "#server/watch/cost/spending/days.ts";
import type { AdmissionLimits } from "../admission/admit.ts";

type Budgets = AdmissionLimits["budgets"];

/** The report reads a month of usage: admission asks every few seconds, and money moves slowly. */
const kept = new Map<string, { at: number; budgets: Budgets }>();

/**
 * Reads the budgets of this month for training, with what was spent so far: the same figures as the page of costs, at most a minute old.
 * @param now milliseconds since 1970 @param maxAgeMs how old they may be instead
 */
export async function readBudgetsLeft(ctx: Context, now: number, maxAgeMs = minuteMs): Promise<Budgets> {
  const known = kept.get(ctx.actor.workspaceId);
  return known && Math.abs(now - known.at) < maxAgeMs ? known.budgets : read(ctx, now);
}

async function read(ctx: Context, now: number): Promise<Budgets> {
  const { workspaceId } = ctx.actor;
  const month = monthOf(dayOf(now, await workspaceTimeZone(ctx)));
  const { total, currency } = await readCosts(ctx, { month }, now);
  const name = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" }).format(new Date(`${month}-15`));
  const format = (amount: number) => formatMoney(amount, currency);
  const budgets =
    total.budget === null ? [] : [{ team: null, amount: total.budget, spent: total.spent, month: name, format }];
  kept.set(workspaceId, { at: now, budgets });
  return budgets;
}
