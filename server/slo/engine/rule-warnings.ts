import { counted, figures, percent } from "#server/number-words.ts";
import { budgetRatio } from "#server/stats/burn-rate/minute-sums.ts";
import { cappedFactor } from "#server/stats/burn-rate/tiers.ts";
import type { SloDefinition } from "../contract.ts";
import { ticketOnly } from "../indicators/contract.ts";
import { nominalMinutes } from "./periods.ts";

/** A total outage at the standard traffic of such a service shows within a window only if it holds some events. */
const fewPerHour = 100;

/**
 * What whoever saves these rules should know, in sentences; none forbids saving.
 * @param usual events an hour that the indicator has had lately, where that is known.
 */
export function ruleWarnings(definition: SloDefinition, usual?: { perHour: number }): string[] {
  return [
    ...capWarnings(definition),
    ...windowWarnings(definition),
    ...kindWarnings(definition),
    ...trafficWarnings(definition, usual),
  ];
}

function capWarnings({ target, rules }: SloDefinition): string[] {
  const budget = budgetRatio(target);
  const lowered = rules.tiers.filter((tier) => cappedFactor(tier.factor, budget, rules.cap) < tier.factor);
  if (lowered.length === 0) return [];
  const to = figures(cappedFactor(Number.POSITIVE_INFINITY, budget, rules.cap), 3);
  const from = [...new Set(lowered.map((tier) => figures(tier.factor, 3)))].join(" and ");
  const which = lowered.length === 1 ? "the fast rule was" : `${lowered.length} rules were`;
  return [
    `At a target of ${percent(target)} even a total failure burns at most ${figures(1 / budget, 3)} times the budget; ${which} lowered from ${from} to ${to}.`,
  ];
}

function windowWarnings({ period, rules, budgeting }: SloDefinition): string[] {
  const minutes = nominalMinutes(period);
  const warnings: string[] = [];
  if (rules.tiers.length === 0) warnings.push("There is no rule, so that nobody is told when the budget burns.");
  if (rules.tiers.some(({ longMinutes }) => longMinutes > minutes))
    warnings.push("A window is longer than the period itself; its rule tells of what no longer counts.");
  if (rules.tiers.some(({ longMinutes, shortMinutes }) => shortMinutes !== null && shortMinutes >= longMinutes))
    warnings.push(
      "A short window is as long as its long one, so that it does not stop a rule any sooner after recovery.",
    );
  if (rules.tiers.some(({ factor }) => factor < 1))
    warnings.push("A factor below 1 tells of a service that will not use up its budget.");
  if (
    budgeting.method !== "occurrences" &&
    rules.tiers.some((tier) => (tier.shortMinutes ?? tier.longMinutes) < budgeting.sliceMinutes)
  )
    warnings.push(`Windows shorter than a slice are read as one slice of ${counted(budgeting.sliceMinutes)} minutes.`);
  if (period.kind === "calendar")
    warnings.push(
      `The budget starts afresh with each ${period.unit} (${period.timeZone}); burn rates look back over that border, and what is left is reckoned as if traffic goes on as it has.`,
    );
  return warnings;
}

function kindWarnings({ indicator, rules, freezes }: SloDefinition): string[] {
  if (!indicator) return [];
  if (indicator.kind === "foreign")
    return ["Leeway does not read the source of this indicator: it is kept and shown, not evaluated."];
  if (!ticketOnly.includes(indicator.kind)) return [];
  const warnings: string[] = [];
  if (rules.tiers.some(({ severity }) => severity === "page") || rules.absent?.severity === "page")
    warnings.push("This kind is an estimate or money: its alerts are tickets whatever the rules say.");
  if (freezes) warnings.push("This kind informs about changes but never freezes them.");
  return warnings;
}

function trafficWarnings({ rules, target }: SloDefinition, usual: { perHour: number } | undefined): string[] {
  if (!usual || usual.perHour >= fewPerHour) return [];
  const perHour = counted(Math.round(usual.perHour));
  if (rules.gate === null)
    return [
      `With about ${perHour} an hour a single failure can tell somebody, since no gate asks whether it is more than chance at ${percent(target)}.`,
    ];
  return [
    `With about ${perHour} an hour one failure is not evidence: the gate holds back what is likelier than ${percent(rules.gate)} for a service that meets its target. Partial failures take longer to tell.`,
  ];
}
