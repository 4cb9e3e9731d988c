import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readOwners } from "#server/platform/teams/read-owners.ts";
import { budgetsOf } from "../budgets/queries.ts";
import { readSavings } from "../savings/queries.ts";
import { dayOf, daysLater, monthOf } from "../spending/days.ts";
import { meteredUntil, readLedger } from "../spending/ledger.ts";
import { readMachineDays } from "../spending/read-usage.ts";
import { segmentsOf } from "../spending/segments-of.ts";
import { buildReport } from "./build-report.ts";
import { calendarOf } from "./calendar.ts";
import { type CostReport, GetCosts } from "./contract.ts";
import { readCorrectness } from "./read-correctness.ts";

/** Returns a month's costs by model, team or machine, with forecast and budgets. */
export async function getCosts(ctx: Context, input: GetCosts = {}, now = Date.now()): Promise<CostReport> {
  permit(ctx, "getCosts");
  return readCosts(ctx, input, now);
}

/** Returns a month and its savings opportunities, for a page that shows both: one ledger is read for them. */
export async function getCostPage(
  ctx: Context,
  input: GetCosts = {},
  now = Date.now(),
): Promise<{ report: CostReport; savings: Awaited<ReturnType<typeof readSavings>> }> {
  permit(ctx, "getCostPage");
  const requested = await readMonth(ctx, input, now);
  const [report, savings] = await sideBySide(ctx, [
    () => reportOf(ctx, requested, now),
    () => readSavings(ctx, now, { ledger: requested.ledger, span: requested.calendar }),
  ]);
  return { report, savings };
}

/** Returns the report like getCosts; the caller has checked other permissions. */
export async function readCosts(ctx: Context, input: GetCosts, now: number): Promise<CostReport> {
  return reportOf(ctx, await readMonth(ctx, input, now), now);
}

async function readMonth(ctx: Context, input: GetCosts, now: number) {
  const timeZone = await workspaceTimeZone(ctx);
  const { month = monthOf(dayOf(now, timeZone)), by } = GetCosts.parse(input);
  const calendar = calendarOf(month, now, timeZone);
  return { by, calendar, ledger: await readLedger(ctx, calendar, now) };
}

type Month = Awaited<ReturnType<typeof readMonth>>;

async function reportOf(ctx: Context, { by, calendar, ledger }: Month, now: number): Promise<CostReport> {
  const { month, timeZone } = calendar;
  const { segments } = segmentsOf(ledger.book, ledger.currency ?? "");
  const counted = { from: `${month}-01`, to: daysLater(calendar.past.at(-1) ?? `${month}-01`, 1), timeZone };
  const [machines, names, accuracy, budgets, asOf] = await sideBySide(ctx, [
    () => (by === "machine" ? readMachineDays(ctx, calendar, segments) : Promise.resolve([])),
    () => readOwners(ctx),
    () => readCorrectness(ctx, counted),
    () => budgetsOf(ctx, month, ledger.currency),
    () => meteredUntil(ctx),
  ]);
  return buildReport({ by, calendar, ledger, machines, names, accuracy, budgets, asOf, now });
}
