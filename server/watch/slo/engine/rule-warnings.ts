import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import { budgetRatio } from "#server/stats/burn-rate/minute-sums.ts";
import { cappedFactor } from "#server/stats/burn-rate/tiers.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import { ticketOnly } from "../../objectives/indicators/contract.ts";
import { describeUntestable } from "./contract.ts";
import { nominalMinutes } from "./periods.ts";

/** A total outage at the standard traffic of such a service shows within a window only if it holds some events. */
const fewPerHour = 100;

/**
 * Returns warnings about these rules, as sentences; none prevents saving.
 * @param usual recent events per hour of the indicator, if known.
 */
export function ruleWarnings(definition: SloDefinition, usual?: { perHour: number }): string[] {
  return [
    ...capWarnings(definition),
    ...windowWarnings(definition),
    ...kindWarnings(definition),
    ...trafficWarnings(definition, usual),
    ...silenceWarnings(definition, usual),
  ];
}

function capWarnings({ target, rules }: SloDefinition): string[] {
  const budget = budgetRatio(target);
  const lowered = rules.tiers.filter((tier) => cappedFactor(tier.factor, budget, rules.cap) < tier.factor);
  if (lowered.length === 0) return [];
  const to = formatSignificant(cappedFactor(Number.POSITIVE_INFINITY, budget, rules.cap), 3);
  const from = [...new Set(lowered.map((tier) => formatSignificant(tier.factor, 3)))].join(" and ");
  const which = lowered.length === 1 ? "the fast rule was" : `${lowered.length} rules were`;
  return [
    `At a target of ${percent(target)}, even a total outage burns at most ${formatSignificant(1 / budget, 3)} times the budget; ${which} capped from ${from} to ${to}.`,
  ];
}

function windowWarnings({ period, rules, budgeting }: SloDefinition): string[] {
  const minutes = nominalMinutes(period);
  const warnings: string[] = [];
  if (rules.tiers.length === 0)
    warnings.push("There are no alert rules, so no one is notified when the error budget burns.");
  if (rules.tiers.some(({ longMinutes }) => longMinutes > minutes))
    warnings.push("One window is longer than the SLO window and includes data that no longer counts.");
  if (rules.tiers.some(({ longMinutes, shortMinutes }) => shortMinutes !== null && shortMinutes >= longMinutes))
    warnings.push("A short window equals its long window, so it does not resolve alerts any sooner.");
  if (rules.tiers.some(({ factor }) => factor < 1))
    warnings.push("A burn rate below 1 alerts on services that will not exhaust their error budget.");
  if (
    budgeting.method !== "occurrences" &&
    rules.tiers.some((tier) => (tier.shortMinutes ?? tier.longMinutes) < budgeting.sliceMinutes)
  )
    warnings.push(
      `Windows shorter than a slice are evaluated as one slice of ${formatCount(budgeting.sliceMinutes)} minutes.`,
    );
  if (period.kind === "calendar")
    warnings.push(
      `The budget resets each ${period.unit} (${period.timeZone}); burn rates look back across that boundary, and the remaining budget is projected from current traffic.`,
    );
  return warnings;
}

function kindWarnings({ indicator, rules, freezes }: SloDefinition): string[] {
  if (!indicator) return [];
  if (indicator.kind === "foreign")
    return ["Leeway cannot read the data source of this SLI. It is stored and displayed, but not evaluated."];
  if (!ticketOnly.includes(indicator.kind)) return [];
  const warnings: string[] = [];
  if (rules.tiers.some(({ severity }) => severity === "page") || rules.absent?.severity === "page")
    warnings.push("Estimates and costs can only open tickets, regardless of the configured severity.");
  if (freezes) warnings.push("SLOs of this type never freeze changes.");
  return warnings;
}

/** Number of events, arriving one by one, without which silence says something (docs/spec/slo.md section 4.4). */
const silentEvents = 14;

function silenceWarnings({ rules }: SloDefinition, usual: { perHour: number } | undefined): string[] {
  if (!rules.absent || !usual || usual.perHour <= 0 || usual.perHour * 24 >= silentEvents) return [];
  const untestable = { reason: "thin", hours: silentEvents / usual.perHour } as const;
  return [describeUntestable({ isAbsent: false, minutes: 0, usual: null, untestable })];
}

function trafficWarnings({ rules, target }: SloDefinition, usual: { perHour: number } | undefined): string[] {
  if (!usual || usual.perHour >= fewPerHour) return [];
  const perHour = formatCount(Math.round(usual.perHour));
  if (rules.gate === null)
    return [
      `At about ${perHour} per hour, a single failure can alert, because the significance gate is off at ${percent(target)}.`,
    ];
  return [
    `At about ${perHour} per hour, one failure is not significant: the gate suppresses anything more likely than ${percent(rules.gate)} for a service that meets its target. Partial failures take longer to detect.`,
  ];
}
