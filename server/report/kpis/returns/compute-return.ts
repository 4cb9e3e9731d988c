import { formatSignificant } from "#server/base/format-number.ts";
import { type MeanDifference, welchDifference } from "#server/stats/welch.ts";
import type { KpiReturn } from "./contract.ts";

/** Events of complete days on one side of a deployment, oldest first. */
export interface SideDays {
  from: Date;
  to: Date;
  /** One a day; days without an event are zeroes. */
  events: number[];
  values: number[];
  /** Cost of serving on all of them; null where costs are not known. */
  cost: number | null;
}

interface Compared {
  before: SideDays;
  after: SideDays;
  /** Less is better of some. */
  better: "more" | "less";
  unit: string;
  version: string;
}

type Computed = Pick<
  KpiReturn,
  "before" | "after" | "gainPerDay" | "gain" | "extraCost" | "returnOnInvestment" | "words"
>;

/**
 * Computes the effect of a deployment: the mean value of complete days after it less that of days before, by Welch's t; the sample unit
 * is a day, since events of one day are not independent. The return is (gain − extra cost) / extra cost.
 */
export function computeReturn({ before, after, better, unit, version }: Compared): Computed {
  const found = welchDifference(before.values, after.values);
  const gainPerDay = found && (better === "less" ? turned(found) : found);
  const days = after.values.length;
  const gain = gainPerDay ? scaled(gainPerDay, days) : null;
  const [was, is] = [perDay(before.cost, before), perDay(after.cost, after)];
  const extraCost = was === null || is === null ? null : (is - was) * days;
  const returned = gain && extraCost !== null && extraCost > 0 ? returnOf(gain, extraCost) : null;
  return {
    before: sideOf(before),
    after: sideOf(after),
    gainPerDay: gainPerDay ?? null,
    gain,
    extraCost,
    returnOnInvestment: returned,
    words: wordsOf({ found, before, after, extraCost, unit, version }),
  };
}

function returnOf({ estimate, low, high }: MeanDifference, cost: number): MeanDifference {
  const of = (gain: number) => (gain - cost) / cost;
  return { estimate: of(estimate), low: of(low), high: of(high) };
}

function turned({ estimate, low, high }: MeanDifference): MeanDifference {
  return { estimate: -estimate, low: -high, high: -low };
}

function scaled({ estimate, low, high }: MeanDifference, by: number): MeanDifference {
  return { estimate: estimate * by, low: low * by, high: high * by };
}

function perDay(sum: number | null, { values }: SideDays): number | null {
  return sum === null || values.length === 0 ? null : sum / values.length;
}

function sideOf(side: SideDays): KpiReturn["before"] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const { from, to, events, values, cost } = side;
  const value = sum(values);
  return {
    from,
    to,
    days: values.length,
    events: sum(events),
    value,
    valuePerDay: perDay(value, side),
    costPerDay: perDay(cost, side),
  };
}

interface DescribedChange extends Pick<Compared, "before" | "after" | "unit" | "version"> {
  found: MeanDifference | undefined;
  extraCost: number | null;
}

function wordsOf({ found, before, after, extraCost, unit, version }: DescribedChange): string[] {
  const days = `${before.values.length} full days before and ${after.values.length} after`;
  if (!found) return [`Not enough data: ${days}; at least two on each side are required.`];
  const { estimate, low, high } = found;
  const amount = (value: number) => `${formatSignificant(Math.abs(value), 3)}${unit ? `\u00a0${unit}` : ""}`;
  const way = estimate < 0 ? "less" : "more";
  const isSure = low > 0 || high < 0;
  return [
    `${amount(estimate)} per day ${way} since ${version} (95%: ${signed(low)} to ${signed(high)}), from ${days}.`,
    ...(isSure ? [] : ["The interval includes 0: no significant difference yet."]),
    ...(extraCost === null ? ["The additional cost is unknown because no prices are set."] : []),
    ...(extraCost !== null && extraCost <= 0 ? ["There is no additional cost, so ROI is not applicable."] : []),
    "This is a before/after comparison, not a randomized one: other changes at the same time are included. Use a rollout for a randomized comparison.",
  ];
}

function signed(value: number): string {
  return `${value < 0 ? "\u2212" : ""}${formatSignificant(Math.abs(value), 3)}`;
}
