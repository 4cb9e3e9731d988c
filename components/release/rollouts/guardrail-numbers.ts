import { formatCount, formatCountOf, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import type { GuardrailEvidence, GuardrailFact } from "#server/serve/rollout/evidence/contract.ts";

/** E-values are shown up to this one: what is above has long been decided. */
export const highestShown = 1e6;

/** Formats an e-value from its logarithm: "38", "0.4", "> 1,000,000"; "–" without one. */
export function formatEvidence(logE: number | null): string {
  if (logE === null) return noValue;
  if (logE > Math.log(highestShown)) return `> ${formatCount(highestShown)}`;
  const value = Math.exp(logE);
  if (value < 0.01) return "< 0.01";
  return value >= 10 ? formatCount(value) : formatNumber(value, { decimals: value < 1 ? 2 : 1 });
}

type Arms = { stable: number | null; canary: number | null };

/** Returns the values of both arms: shares of bad units, from 0 to 1; means for costs; null without units or if no share exists. */
export function badShare({ fact }: Pick<GuardrailEvidence, "fact">): Arms {
  return { stable: fact?.stable.value ?? null, canary: fact?.canary.value ?? null };
}

interface ArmText {
  value: string;
  count: string;
}

/** Formats the two cells of a guardrail: the number, and the counts it is based on. */
export function describeArm({ metric, fact }: GuardrailEvidence): { stable: ArmText; canary: ArmText } {
  const words = (arm: "stable" | "canary"): ArmText => {
    if (!fact) return { value: noValue, count: "" };
    const { value, units, events } = fact[arm];
    if (metric === "output-shift") return { value: formatCount(units), count: "predictions" };
    if (units === 0) return { value: noValue, count: "no data" };
    if (metric === "cost") return { value: formatNumber(value), count: `${formatCount(units)} requests` };
    if (metric === "disagreement" && arm === "stable") return { value: "", count: "same inputs" };
    return { value: formatPercent(value), count: describeCount(fact, arm, { value, units, events }) };
  };
  return { stable: words("stable"), canary: words("canary") };
}

function describeCount(
  { basis }: GuardrailFact,
  arm: "stable" | "canary",
  { value, units, events }: GuardrailFact["stable"],
): string {
  if (basis === "pairs") return `${formatCountOf(events, units)} pairs`;
  const count = formatCountOf(events, units);
  if (basis === "record" && arm === "stable") return `${count} on record`;
  // Over several steps the stable value is weighted like the canary's requests, and is not this quotient.
  const isQuotient = value === null || Math.abs(value - events / units) < 1e-9;
  return isQuotient ? count : `of ${formatCount(units)}, weighted by step`;
}

/** Formats the difference of a guardrail: the ratio of canary to stable, or its share if that is held against a limit. */
export function formatDifference({ metric, fact }: GuardrailEvidence): string {
  if (!fact || fact.estimate === null) return noValue;
  if (metric === "output-shift") return `${formatNumber(fact.estimate * 100, { decimals: 1 })}\u00a0points`;
  return formatOnScale(fact, fact.estimate);
}

/** Formats the limit of a guardrail on the scale of its difference. */
export function formatFactLimit(fact: GuardrailFact): string {
  return fact.limit === null ? noValue : formatOnScale(fact, fact.limit);
}

/** Describes the limit that a verdict is about: "at most +20%", "below 2×", "below 5%". */
export function describeLimit({ metric, fact }: Pick<GuardrailEvidence, "metric" | "fact">): string {
  if (metric === "output-shift") return "same distribution";
  if (!fact || fact.limit === null) return noValue;
  const { limit, scale } = fact;
  if (scale === "share") return `below ${formatPercent(limit)}`;
  if (metric === "conversions") return limit === 1 ? "no decrease" : `at most ${formatPercent(1 - limit)} fewer`;
  if (limit === 1) return "no increase";
  return limit < 1.5
    ? `at most +${formatPercent(Number((limit - 1).toFixed(4)))}`
    : `below ${formatOnScale(fact, limit)}`;
}

/** Formats the interval of a difference; undefined where nothing bounds it. */
export function formatInterval(fact: GuardrailFact | undefined): string | undefined {
  if (!fact || (fact.low === null && fact.high === null)) return undefined;
  const low = fact.low === null ? formatOnScale(fact, 0) : formatOnScale(fact, fact.low);
  return `${low} to ${fact.high === null ? "unbounded" : formatOnScale(fact, fact.high)}`;
}

function formatOnScale({ scale }: Pick<GuardrailFact, "scale">, value: number): string {
  return scale === "share" ? formatPercent(value) : `${formatNumber(Number(value.toPrecision(3)))}×`;
}
