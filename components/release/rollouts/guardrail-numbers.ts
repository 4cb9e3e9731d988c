import { formatCount, formatCountOf, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";

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

/** Returns the shares of bad units of both arms, from 0 to 1; means for costs; null without units or if no share exists. */
export function badShare(evidence: GuardrailEvidence): Arms {
  const { metric, stable, canary, pairs } = evidence;
  if (metric === "cost") return { stable: stable.mean, canary: canary.mean };
  if (metric === "disagreement")
    return { stable: null, canary: pairs.units > 0 ? pairs.onlyCanary / pairs.units : null };
  if (metric === "output-shift") return { stable: null, canary: null };
  const share = ({ units, events }: { units: number; events: number }) => (units > 0 ? events / units : null);
  return { stable: share(stable), canary: share(canary) };
}

interface ArmText {
  value: string;
  count: string;
}

/** Formats the two cells of a guardrail: the number, and the counts it is based on. */
export function describeArm(evidence: GuardrailEvidence): { stable: ArmText; canary: ArmText } {
  const { metric, pairs } = evidence;
  const shares = badShare(evidence);
  const words = (arm: "stable" | "canary"): ArmText => {
    const { units, events } = evidence[arm];
    if (metric === "disagreement") {
      if (arm === "stable") return { value: "", count: "same inputs" };
      return { value: formatPercent(shares.canary), count: formatCountOf(pairs.onlyCanary, pairs.units) };
    }
    if (metric === "output-shift") return { value: formatCount(units), count: "predictions" };
    if (metric === "cost") return { value: formatNumber(shares[arm]), count: `${formatCount(units)} requests` };
    return { value: formatPercent(shares[arm]), count: units > 0 ? formatCountOf(events, units) : "no data" };
  };
  return { stable: words("stable"), canary: words("canary") };
}

/** Formats the ratio of the two rates with its anytime-valid interval, or the difference of means for costs. */
export function formatRatio({ metric, ratio }: GuardrailEvidence): string {
  const { estimate, low, high } = ratio;
  if (estimate === null && low === null && high === null) return "not enough data yet";
  const unit = metric === "cost" ? "" : "×";
  const bound = (value: number | null, none: string) => (value === null ? none : `${formatNumber(value)}${unit}`);
  const middle = estimate === null ? "" : `${formatNumber(estimate)}${unit}, `;
  return `${middle}${bound(low, metric === "cost" ? "unbounded" : "0×")} to ${bound(high, "unbounded")}`;
}

/** Returns whether there is a ratio to show: not for distributions, metrics of one arm only, or before the first event. */
export function hasRatio({ metric, ratio: { estimate, low, high } }: GuardrailEvidence): boolean {
  if (metric === "output-shift" || metric === "disagreement") return false;
  return estimate !== null || low !== null || high !== null;
}
