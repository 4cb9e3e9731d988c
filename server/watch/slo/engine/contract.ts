import type { BudgetBand, SloState, TierReading } from "../../objectives/contract.ts";

/** Non-breaking, so that a number and its unit stay on one line. */
const nbsp = "\u00a0";
const minus = "\u2212";

/** Rounds the remaining budget to percent as all sentences, tiles, labels and responses show it: to 0.1 points, never −0. */
function remainingPercent(remaining: number): number {
  const rounded = Math.round(remaining * 1000) / 10;
  return rounded === 0 ? 0 : rounded;
}

/** Formats "76.9%", "−12%", "0%". */
export function formatBudgetLeft(remaining: number): string {
  const percent = remainingPercent(remaining);
  return `${percent < 0 ? minus : ""}${grouped(Math.abs(percent))}%`;
}

/** Beyond so many budgets a share says nothing: it depends on how little traffic there was, and falls while good traffic arrives. */
const maxBudgets = 10;

/**
 * Formats an error budget: "32.4% left", "18% over", and from ten times the budget on "> 10× budget, 1,234 bad events", which stays as it is
 * while good traffic arrives. The only text for an overspent budget, in pages, responses, mails and notifications alike.
 * @param bad number of bad events in the period, if known
 */
export function formatBudget({ remaining, bad }: { remaining: number; bad?: number | undefined }): string {
  if (remaining >= 0) return `${formatBudgetLeft(remaining)} left`;
  if (1 - remaining <= maxBudgets) return `${formatBudgetLeft(-remaining)} over`;
  const times = `>${nbsp}${maxBudgets}× budget`;
  if (bad === undefined) return times;
  const count = Math.round(bad);
  return `${times}, ${grouped(count)} bad event${count === 1 ? "" : "s"}`;
}

/** Formats the share of an error budget that something spent: "32.4%", "<0.1%", and from ten budgets on "> 10×". */
export function formatSpent(spent: number): string {
  if (spent > maxBudgets) return `>${nbsp}${maxBudgets}×`;
  const percent = remainingPercent(spent);
  return spent > 0 && percent < 0.1 ? "<0.1%" : `${grouped(percent)}%`;
}

/** Describes the same in a sentence: "32.4% of the error budget", "more than 10 times the error budget". */
export function describeSpent(spent: number): string {
  return spent > maxBudgets
    ? `more than ${maxBudgets} times the error budget`
    : `${formatSpent(spent)} of the error budget`;
}

/** Burn rate of a rule from which the burn is called fast: the whole budget in a tenth of the period. */
const fastBurn = 10;

/** Names the burn of an SLO whose rules fire: fast only if a page of at least ten times fires, as the workbook's of 14.4 times. */
export function burnWord(tiers: readonly Pick<TierReading, "tier" | "isFiring">[]): "Burning fast" | "Burning" {
  return isBurningFast(tiers) ? "Burning fast" : "Burning";
}

/** Whether a page rule for a fast burn fires. */
function isBurningFast(tiers: readonly Pick<TierReading, "tier" | "isFiring">[]): boolean {
  return tiers.some(({ tier, isFiring }) => isFiring && tier.severity === "page" && tier.factor >= fastBurn);
}

/** Describes why silence cannot be detected, for the place where it is configured; "" if it can, or nothing is known yet. */
export function describeUntestable(absent: SloState["absent"]): string {
  const { reason, hours } = absent?.untestable ?? {};
  if (reason === "thin" && hours != null)
    return `Silence cannot be detected: about ${grouped(Math.ceil(hours))}${nbsp}h without data would be needed at this traffic, and at most 24${nbsp}h are evaluated.`;
  if (reason === "thin") return "Silence cannot be detected: no data arrived in the last four weeks.";
  if (reason === "new")
    return "Silence cannot be detected yet: the usual traffic must be known for at least three days.";
  return reason === undefined
    ? ""
    : "Silence cannot be detected: data arrives too irregularly to distinguish a pause from a failure.";
}

/** Rounds a burn rate as it is shown everywhere: one decimal below 100, an integer from there on. */
function shownBurn(burnRate: number): number {
  const rounded = burnRate < 99.95 ? Math.round(burnRate * 10) / 10 : Math.round(burnRate);
  return rounded === 0 ? 0 : rounded;
}

/** Formats "16.7", "1,000"; a burn rate other than 0 never reads 0. */
export function formatBurnRate(burnRate: number): string {
  const shown = shownBurn(burnRate);
  if (shown === 0) return burnRate > 0 ? "less than 0.1" : "0";
  return shown < 100 ? shown.toFixed(1) : grouped(shown);
}

/** Formats a duration in at most two units: "1 d 9 h", "52 s", "5 min". */
export function formatSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const units = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const;
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return `0${nbsp}s`;
  const [large, largeName] = units[first] as (typeof units)[number];
  const [small, smallName] = units[first + 1] ?? [1, ""];
  // Rounded to the smaller unit first, so that 59.9 min are 1 h.
  const rounded = Math.round(seconds / small) * small;
  if (rounded >= (units[first - 1]?.[0] ?? Number.POSITIVE_INFINITY)) return formatSpan(rounded * 1000);
  const count = Math.floor(rounded / large);
  const rest = smallName ? Math.round((rounded - count * large) / small) : 0;
  return rest === 0 ? `${count}${nbsp}${largeName}` : `${count}${nbsp}${largeName} ${rest}${nbsp}${smallName}`;
}

/** Returns the band of the remaining budget (docs/spec/slo.md section 7): the same in every list, gauge and gate. */
export function bandOf(remaining: number | null): BudgetBand {
  if (remaining === null) return "no-data";
  if (remaining > 0.75) return "healthy";
  if (remaining > 0.5) return "observe";
  if (remaining > 0.25) return "attention";
  return remaining > 0 ? "unhealthy" : "exhausted";
}

function grouped(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
