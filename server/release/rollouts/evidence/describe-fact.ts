import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import type { GuardrailVerdict } from "../../../serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import type { Compared } from "./compare-arms.ts";
import { metricLabels, named } from "./metric-labels.ts";

/** Describes a fact in one phrase for the middle of a sentence, with the numbers that decide it. */
export function describeFact(metric: GuardrailMetric, verdict: GuardrailVerdict, compared: Compared): string {
  const name = named(metric);
  if (verdict === "no-data") return `no data on ${name} yet`;
  if (metric === "output-shift") return describeShift(verdict, compared);
  if (metric === "disagreement") return describeDisagreement(compared);
  if (verdict === "regression") return describeRegressed(metric, name, compared);
  const { isPlural } = metricLabels[metric];
  const verb = isPlural ? "are" : "is";
  const numbers = describeBoth(metric, compared);
  if (verdict === "inconclusive") return `${name} ${verb} undecided: ${numbers}`;
  return verdict === "close"
    ? `${name} ${verb} no worse, but close to the limit: ${numbers}`
    : `${name} ${verb} no worse: ${numbers}`;
}

function describeShift(verdict: GuardrailVerdict, { estimate }: Compared): string {
  const changed = estimate === null ? "changed" : `changed by ${points(estimate)}`;
  return verdict === "regression"
    ? `the prediction distribution ${changed}`
    : `the prediction distribution is undecided: ${changed} so far`;
}

function describeDisagreement({ canary, limit }: Compared): string {
  const share = `predictions differ on ${percent(canary.value ?? 0)} of ${formatCount(canary.units)} shadowed requests`;
  return limit === null ? share : `${share}, limit ${percent(limit)}`;
}

function describeRegressed(metric: GuardrailMetric, name: string, compared: Compared): string {
  const { basis, scale, estimate, limit, canary, stable } = compared;
  if (scale === "share") {
    const { isPlural } = metricLabels[metric];
    const of = `${percent(estimate ?? 0)} of ${formatCount(canary.units)}, limit ${percent(limit ?? 0)}`;
    const what = basis === "record" ? "the limit of these hours" : "the absolute limit";
    return `${name} ${isPlural ? "exceed" : "exceeds"} ${what}: ${of}`;
  }
  if (basis === "pairs") {
    const only = `${formatCount(canary.events)} of ${formatCount(canary.units)} pairs`;
    return `${name} occurred in ${only} only for the new version, and in ${formatCount(stable.events)} only for the previous one`;
  }
  const verb = metric === "conversions" ? "fell" : "rose";
  const ends = `from ${formatValue(metric, stable.value)} to ${formatValue(metric, canary.value)}`;
  if (estimate === null) return `${name} ${verb} ${ends}`;
  const change = metric === "conversions" ? 1 - estimate : estimate - 1;
  const by = estimate >= 2 ? `${formatSignificant(estimate, 2)}×` : `by ${percent(Number(change.toFixed(2)))}`;
  return `${name} ${verb} ${by}, ${ends}`;
}

function describeBoth(metric: GuardrailMetric, { basis, canary, stable }: Compared): string {
  if (basis !== "pairs") return `${formatValue(metric, canary.value)} against ${formatValue(metric, stable.value)}`;
  return `${formatCount(canary.events)} of ${formatCount(canary.units)} pairs only for the new version, ${formatCount(stable.events)} only for the previous one`;
}

function formatValue(metric: GuardrailMetric, value: number | null): string {
  if (value === null) return "no data";
  return metric === "cost" ? formatSignificant(value, 3) : percent(value);
}

/** Formats a difference of shares in percentage points. */
function points(share: number): string {
  return `${formatSignificant(share * 100, 2)}\u00a0points`;
}
