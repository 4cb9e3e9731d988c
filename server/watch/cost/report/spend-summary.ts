import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { Forecast } from "../spending/contract.ts";
import { dayOf, daysLater, daysOf, monthOf, startOf } from "../spending/days.ts";
import { readLedger } from "../spending/ledger.ts";
import { groupDays, sumDays } from "./grouped-days.ts";
import { readCosts } from "./queries.ts";

/** A range of full days of the workspace; `to` is exclusive. */
export interface SpendPeriod {
  from: Date;
  to: Date;
}

/** Spend in a period, and the forecast for its month. Amounts in `currency`; null means no value. */
export const SpendSummary = z.object({
  currency: z.string().nullable(),
  /** Time zone of the days. */
  timeZone: z.string(),
  /** In the period, up to now. */
  spent: z.number(),
  /** In the period of the same length before it; null where nothing was metered then. */
  before: z.number().nullable(),
  answered: z.number(),
  perThousand: z.number().nullable(),
  perThousandBefore: z.number().nullable(),
  /** Month in which the period ends. */
  month: z.object({
    month: z.string(),
    spent: z.number(),
    forecast: Forecast.nullable(),
    budget: z.number().nullable(),
  }),
  /** The dearest first. */
  endpoints: z.array(
    z.object({
      endpointId: z.string(),
      name: z.string(),
      spent: z.number(),
      perThousand: z.number().nullable(),
      perThousandBefore: z.number().nullable(),
      /** Forecast for the month in which the period ends. */
      forecast: Forecast.nullable(),
      budget: z.number().nullable(),
      unusual: z.object({ day: z.string(), spent: z.number(), expected: z.number() }).nullable(),
    }),
  ),
  /** Up to when usage was metered. */
  asOf: z.date().nullable(),
  problems: z.array(z.string()),
});
export type SpendSummary = z.infer<typeof SpendSummary>;

/** Summarises the spending of a period for reports, from the same ledger as the cost page, with the same numbers. */
export async function spendSummary(ctx: Context, period: SpendPeriod, now = Date.now()): Promise<SpendSummary> {
  permit(ctx, "spendSummary");
  const timeZone = await workspaceTimeZone(ctx);
  const [from, to] = [dayOf(+period.from, timeZone), daysLater(dayOf(+period.to - 1, timeZone), 1)];
  const days = daysOf({ from, to });
  const earlier = daysOf({ from: daysLater(from, -days.length), to: from });
  const last = Math.min(now, startOf(to, timeZone) - 1);
  const [ledger, report] = await sideBySide(ctx, [
    () => readLedger(ctx, { from: earlier[0] ?? from, to, timeZone }, now),
    () => readCosts(ctx, { month: monthOf(dayOf(last, timeZone)) }, now),
  ]);
  const all = groupDays(ledger.usage, () => "all").get("all") ?? new Map();
  const others = (wanted: readonly string[]) =>
    [...ledger.storage, ...ledger.training]
      .filter(({ day }) => wanted.includes(day))
      .reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  const sums = sumDays(all, days);
  const old = sumDays(all, earlier);
  const [spent, spentBefore] = [sums.spent + others(days), old.spent + others(earlier)];
  const byEndpoint = groupDays(ledger.usage, ({ endpointId }) => endpointId);
  const { month, total, rows, asOf, problems } = report;
  const hasBefore = earlier.some((day) => all.has(day));
  return {
    currency: ledger.currency,
    timeZone,
    spent,
    answered: sums.answered,
    asOf,
    problems,
    before: hasBefore ? spentBefore : null,
    perThousand: per(spent, sums.answered),
    perThousandBefore: hasBefore ? per(spentBefore, old.answered) : null,
    month: { month, spent: total.spent, forecast: total.forecast, budget: total.budget },
    endpoints: rows
      .filter(({ kind }) => kind === "endpoint")
      .map(({ key, name, forecast, budget, unusual }) => {
        const own = byEndpoint.get(key) ?? new Map();
        const [here, there] = [sumDays(own, days), sumDays(own, earlier)];
        const perThousand = per(here.spent, here.answered);
        const perThousandBefore = per(there.spent, there.answered);
        return { endpointId: key, name, spent: here.spent, perThousand, perThousandBefore, forecast, budget, unusual };
      })
      .sort((a, b) => b.spent - a.spent),
  };
}

function per(spent: number, answered: number): number | null {
  return answered > 0 ? (spent / answered) * 1000 : null;
}
