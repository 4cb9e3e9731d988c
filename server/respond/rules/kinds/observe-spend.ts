import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { percent } from "#server/base/format-number.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import type { CostReport, CostRow } from "#server/watch/cost/report/contract.ts";
import { readCosts } from "#server/watch/cost/report/queries.ts";
import {
  endpointLabels,
  type WatchedEndpoint,
  watchedEndpoints,
} from "../../../alerting/alerts/rules/watched-endpoints.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

/** A month is not read every ten seconds: what is spent moves slowly. */
const freshMs = 5 * minuteMs;
const reports = new Map<string, { at: number; report: CostReport }>();

type Spend = SpecOf<"spend">;
type On = Spend["on"][number];
type Found = Pick<Observation, "isTrue" | "value" | "limit" | "words">;

/** Observes the spend of endpoints and the workspace, with their budgets and the usual spend; of one endpoint where the rule names one. */
export async function observeSpend(ctx: Context, spec: Spend, rule: ObservedRule, now: number): Promise<Observation[]> {
  const report = await readReport(ctx, now);
  const endpoints = new Map((await watchedEndpoints(ctx, rule.endpointId)).map((one) => [one.id, one]));
  const rows = report.rows.filter(({ kind, key }) => kind === "endpoint" && endpoints.has(key));
  const watched = rule.endpointId === null ? [report.total, ...rows] : rows;
  return watched.flatMap((row) => spec.on.map((on) => observationOf(on, row, endpoints.get(row.key), spec, report)));
}

async function readReport(ctx: Context, now: number): Promise<CostReport> {
  const { workspaceId } = ctx.actor;
  const known = reports.get(workspaceId);
  if (known && Math.abs(now - known.at) < freshMs) return known.report;
  const report = await readCosts(ctx, {}, now);
  reports.set(workspaceId, { at: now, report });
  return report;
}

function observationOf(
  on: On,
  row: CostRow,
  endpoint: WatchedEndpoint | undefined,
  spec: Spend,
  { currency, month }: CostReport,
): Observation {
  const title = endpoint?.name ?? "The workspace";
  return {
    // One per month: an overspend in May says nothing about June.
    part: `${on} ${endpoint?.id ?? "workspace"} ${month}`,
    title,
    ...finders[on](row, title, spec, currency),
    // The month as well: the alert of the new month is not the end of that of the old one.
    labels: { spend: on, month, ...(endpoint && endpointLabels(endpoint)) },
    endpointId: endpoint?.id ?? null,
  };
}

const finders: Record<On, (row: CostRow, title: string, spec: Spend, currency: string | null) => Found> = {
  /** Fires only if likely: compares the low end of the range, which 9 months in 10 exceed. */
  "over-budget": ({ forecast, budget }, title, _, currency) => {
    if (budget === null || !forecast)
      return unknown(budget, `${title} has no budget, or too few days of data for a forecast.`);
    const words = `${title} is forecast to end the month at ${formatMoney(forecast.value, currency)} (at least ${formatMoney(forecast.low, currency)}); the budget is ${formatMoney(budget, currency)}.`;
    return { isTrue: forecast.low > budget, value: forecast.value, limit: budget, words };
  },
  spent: ({ spent, budget }, title, { spentShare }, currency) => {
    if (budget === null) return unknown(null, `${title} has no budget.`);
    const words = `${title} has spent ${formatMoney(spent, currency)}, ${percent(Number((spent / budget).toPrecision(3)))} of its ${formatMoney(budget, currency)} budget (threshold ${percent(spentShare)}).`;
    return { isTrue: spent >= spentShare * budget, value: spent / budget, limit: spentShare, words };
  },
  unusual: ({ unusual }, title, _, currency) => {
    if (!unusual) return { isTrue: false, value: null, limit: null, words: `Yesterday's cost of ${title} was normal.` };
    const { spent, expected } = unusual;
    const words = `${title} cost ${formatMoney(spent, currency)} yesterday; ${formatMoney(expected, currency)} is typical.`;
    return { isTrue: spent > expected, value: spent, limit: expected, words };
  },
};

function unknown(limit: number | null, words: string): Found {
  return { isTrue: null, value: null, limit, words };
}
