import type { Context } from "#server/base/context.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import { readCosts } from "#server/watch/cost/report/queries.ts";
import { dayOf, monthOf } from "#server/watch/cost/spending/days.ts";
import type { AdmissionLimits } from "../admission/admit.ts";
import { keptAMinute } from "./kept-a-minute.ts";

type Budgets = AdmissionLimits["budgets"];

/**
 * Reads the budgets of this month for training, with what was spent so far: the same figures as the page of costs, at most a minute old.
 * @param now milliseconds since 1970 @param maxAgeMs how old they may be instead
 */
export const readBudgetsLeft = keptAMinute(read);

async function read(ctx: Context, now: number): Promise<Budgets> {
  const month = monthOf(dayOf(now, await workspaceTimeZone(ctx)));
  const { total, currency } = await readCosts(ctx, { month }, now);
  const name = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" }).format(new Date(`${month}-15`));
  const format = (amount: number) => formatMoney(amount, currency);
  return total.budget === null ? [] : [{ team: null, amount: total.budget, spent: total.spent, month: name, format }];
}
