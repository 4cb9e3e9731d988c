import { dayMs, minuteMs } from "#server/base/durations.ts";
import { formatCount, percent } from "#server/base/format-number.ts";
import type { BudgetReading, SloDefinition, SloState, TierReading } from "../../objectives/contract.ts";
import { type IndicatorKind, ticketOnly } from "../../objectives/indicators/contract.ts";
import { formatBudget, formatBudgetLeft, formatBurnRate, formatSpan } from "./contract.ts";
import { formatDay, formatMoment, zoneOf } from "./moments.ts";
import { nominalMinutes } from "./periods.ts";
import { standardTiers } from "./standard-rules.ts";

export interface SloFacts {
  definition: SloDefinition;
  budget: BudgetReading;
  tiers: readonly TierReading[];
  absent?: SloState["absent"];
  /** Predictions that wait for their labels. */
  pending?: number | null;
  /** Up to when it is known, in milliseconds since 1970; only of kinds that wait for labels. */
  knownUntil?: number | null;
  now: number;
}

/** Describes an SLO in the sentences of docs/spec/slo.md section 12, most important first; numbers are rounded as everywhere. */
export function describeSlo(facts: SloFacts): string[] {
  const words = [
    ...describeBudget(facts),
    ...facts.tiers.flatMap((reading, index) => describeTier(reading, facts, index)),
    describeBurning(facts),
    describeAbsent(facts),
    describeRatio(facts),
    describePending(facts),
  ];
  return words.filter((sentence) => sentence !== "");
}

function describeBudget({ definition, budget }: SloFacts): string[] {
  const { remaining, allowed, periodEnd } = budget;
  if (remaining === null) return [`No data in ${spanOf(definition)} yet.`];
  if (remaining > 0) {
    const budgetOf =
      definition.period.kind === "rolling" ? `the ${definition.period.days}-day` : `this ${definition.period.unit}'s`;
    const left = `${formatBudgetLeft(remaining)} of ${budgetOf} error budget is left`;
    // Parts have budgets of their own, so that no count of failures is that of a composite.
    if (allowed === null) return [`${left}.`];
    const { bad } = nouns(definition, allowed);
    const are = allowed === 1 ? "is" : "are";
    return [`${left}: ${formatCount(allowed)} more ${bad} ${are} allowed before the target is missed.`];
  }
  const used = `The error budget is exhausted (${formatBudget({ remaining, bad: budget.bad })}).`;
  if (!definition.freezes || ticketOnly.includes(definition.indicator?.kind as IndicatorKind)) return [used];
  const until = periodEnd === null ? "some of it has recovered" : formatDay(periodEnd, zoneOf(definition.period));
  return [
    `${used} Deployments are frozen, except rollbacks and fixes, until ${until} or until an owner approves them.`,
  ];
}

function describeBurning({ definition, budget, now }: SloFacts): string {
  const { burnRate, exhaustedAt } = budget;
  const last = formatLast(standardTiers(definition.period)[0]?.longMinutes ?? 60);
  if (burnRate === null) return budget.remaining === null ? "" : `No traffic in the last ${last}.`;
  if (burnRate === 0) return `No failures in the last ${last}.`;
  if (burnRate <= 1) return `Burn rate ${formatBurnRate(burnRate)}: within what the target allows.`;
  const exhaustedText =
    exhaustedAt === null
      ? ""
      : ` At this rate, the budget is exhausted in ${formatSpan(exhaustedAt - now)} (${formatMoment(exhaustedAt, now, zoneOf(definition.period))}).`;
  return `Failing ${formatBurnRate(burnRate)} times faster than the target allows.${exhaustedText}`;
}

/** Describes the first firing tier of each severity, and a severity of which the gate suppresses every tier. */
function describeTier(reading: TierReading, { definition, budget, tiers }: SloFacts, index: number): string[] {
  const { tier, isFiring } = reading;
  const earlier = tiers.slice(0, index).filter((each) => each.tier.severity === tier.severity);
  const isBurning = (each: TierReading) =>
    (each.long ?? 0) > each.factor && (each.tier.shortMinutes === null || (each.short ?? 0) > each.factor);
  if (isFiring) return earlier.some((each) => each.isFiring) ? [] : [describeFiring(reading, definition, budget)];
  if (tiers.some((each) => each.tier.severity === tier.severity && each.isFiring)) return [];
  const isHeld = isBurning(reading) && !reading.passesGate;
  if (!isHeld || earlier.some((each) => isBurning(each) && !each.passesGate)) return [];
  return [describeHeld(reading, definition)];
}

function describeFiring(reading: TierReading, definition: SloDefinition, budget: BudgetReading): string {
  const { tier, long, short } = reading;
  const { period, target } = definition;
  const spent = spentIn(reading, definition, budget);
  const budgetOf = period.kind === "rolling" ? `the ${period.days}-day` : `this ${period.unit}'s`;
  const rate = percent(Math.min(1, (short ?? long ?? 0) * (1 - target)));
  const still =
    tier.shortMinutes === null ? "" : `, and still ongoing (last ${formatLast(tier.shortMinutes)}: ${rate} errors)`;
  const kind = tier.severity === "page" ? "Page" : "Ticket";
  return `${kind}: ${formatBudgetLeft(spent)} of ${budgetOf} budget was spent in the last ${formatLast(tier.longMinutes)}${still}.`;
}

/**
 * Returns the share of the period's budget that the long window spent: its share of the period's bad events. Burn rate × window / period
 * is the same only where traffic is even, and more than was spent in all where it has just begun.
 */
function spentIn({ tier, long, bad }: TierReading, { period }: SloDefinition, budget: BudgetReading): number {
  if (budget.remaining === null || budget.bad <= 0) return ((long ?? 0) * tier.longMinutes) / nominalMinutes(period);
  return (1 - budget.remaining) * Math.min(1, bad / budget.bad);
}

function describeHeld({ bad, total, chance, tier, dispersion = 1 }: TierReading, definition: SloDefinition): string {
  const { all, bad: failures, failed } = nouns(definition, 2);
  const rounded = Math.floor(bad + 1e-6);
  const one = nouns(definition, 1).bad;
  const evidence = rounded <= 1 ? `One ${one} is` : `${formatCount(rounded)} ${failures} are`;
  const likely = chance === null ? "" : ` (chance ${percent(Number(chance.toPrecision(1)))} for a healthy service)`;
  const clusters = Math.round(dispersion);
  const together = clusters > 1 ? ` Usually about ${formatCount(clusters)} ${failures} occur together.` : "";
  return `${formatCount(rounded)} of ${formatCount(Math.round(total))} ${all} ${failed}. ${evidence} not significant${likely}; no ${tier.severity}.${together}`;
}

function describeAbsent({ definition, absent }: SloFacts): string {
  if (!absent?.isAbsent) return "";
  const { all } = nouns({ ...definition, budgeting: { method: "occurrences" } }, 2);
  return `No ${all} in the last ${formatLast(absent.minutes)}; normally about ${formatCount(Math.round(absent.usual ?? 0))}.`;
}

function describeRatio({ definition, budget }: SloFacts): string {
  const { ratio, interval, total } = budget;
  if (ratio === null || interval === null) return "";
  // Less than all is never shown as all.
  const share = (value: number) => (value < 1 && value >= 0.9995 ? "more than 99.9" : (value * 100).toFixed(1));
  return `${share(ratio)}% good, between ${share(interval.low)} and ${share(interval.high)}% (${formatCount(Math.round(total))} ${nouns(definition, total).all}).`;
}

function describePending({ definition, pending, knownUntil, now }: SloFacts): string {
  if (pending == null || knownUntil == null) return "";
  const until =
    now - knownUntil < dayMs
      ? formatMoment(knownUntil, now, zoneOf(definition.period))
      : formatDay(knownUntil, zoneOf(definition.period));
  const waiting =
    pending === 0
      ? "No later predictions are waiting for labels."
      : `${formatCount(pending)} later prediction${pending === 1 ? " waits for its label and is" : "s wait for labels and are"} not counted.`;
  return `Quality is complete up to ${until}. ${waiting}`;
}

function spanOf({ period }: SloDefinition): string {
  return period.kind === "rolling" ? `the last ${period.days} days` : `this ${period.unit}`;
}

function formatLast(minutes: number): string {
  if (minutes === 60) return "hour";
  return minutes < 60 ? `${minutes} minutes` : formatSpan(minutes * minuteMs);
}

/** Returns the nouns for the counted events, by kind. */
function nouns({ indicator, budgeting }: SloDefinition, count: number) {
  const s = count === 1 ? "" : "s";
  if (budgeting.method !== "occurrences") return { all: `slice${s}`, bad: `bad slice${s}`, failed: "were bad" };
  switch (indicator?.kind) {
    case "latency":
      return { all: `request${s}`, bad: `slow request${s}`, failed: "were too slow" };
    case "freshness":
      return { all: `prediction${s}`, bad: `prediction${s} with stale features`, failed: "used stale features" };
    case "feature-freshness":
      return { all: `look-up${s}`, bad: `look-up${s} with old features`, failed: "found features that were too old" };
    case "view-lag":
      return { all: `minute${s}`, bad: `late minute${s}`, failed: "ended without a recent enough event" };
    case "realised-quality":
    case "estimated-quality":
      return { all: `prediction${s}`, bad: `incorrect prediction${s}`, failed: "were incorrect" };
    case "label-timeliness":
      return { all: `prediction${s}`, bad: `late label${s}`, failed: "were not labelled in time" };
    case "primary-answered":
      return { all: `prediction${s}`, bad: `fallback${s}`, failed: "were served by a fallback" };
    case "data-quality":
      return { all: `row${s}`, bad: `bad row${s}`, failed: "violated data rules" };
    case "availability":
      return { all: `request${s}`, bad: `failure${s}`, failed: "failed" };
    default:
      return { all: `event${s}`, bad: `failure${s}`, failed: "failed" };
  }
}
