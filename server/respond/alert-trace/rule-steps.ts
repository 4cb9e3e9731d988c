import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import { TierReading } from "#server/watch/objectives/contract.ts";
import type { TraceStep } from "../../alerting/alerts/contract.ts";

/** A row of rule_states, of a rule of whatever kind. */
export interface RuleState {
  part: string;
  state: string;
  trace: Record<string, unknown>;
  evaluatedAt: Date;
}

/**
 * Returns the last results of a rule: for an SLO both burn rates of each tier with factor, cap and the significance gate; for others their
 * words (docs/spec/alerting.md section 15).
 */
export function ruleSteps(states: readonly RuleState[], href: string | null): TraceStep[] {
  return states.flatMap(({ part, state, trace, evaluatedAt: at }) => {
    const tiers = TierReading.array().safeParse(trace.tiers).data ?? [];
    const rule = { stage: "rule" as const, href, at };
    const words = wordsOf(trace);
    const own = { ...rule, result: [part, state, words].filter((word) => word !== "").join(": ") };
    return [
      own,
      ...tiers.map((tier) => ({ ...rule, result: describeTier(tier) })),
      ...tiers.flatMap((tier) => {
        const result = describeGate(tier);
        return result ? [{ stage: "gate" as const, result, href, at }] : [];
      }),
    ];
  });
}

function describeTier({ tier, factor, isCapped, long, short, bad, total, isFiring }: TierReading): string {
  const burn = (rate: number | null) => (rate === null ? "unknown" : formatSignificant(rate, 3));
  const windows =
    tier.shortMinutes === null
      ? `${tier.longMinutes}\u00a0min`
      : `${tier.longMinutes} and ${tier.shortMinutes}\u00a0min`;
  const rates = tier.shortMinutes === null ? `burn rate ${burn(long)}` : `burn rates ${burn(long)} and ${burn(short)}`;
  const limit = `threshold ${formatSignificant(factor, 3)}${isCapped ? " (capped)" : ""}`;
  return `${windows}: ${rates}, ${limit}, ${formatCount(bad)} bad of ${formatCount(total)}: ${isFiring ? "fires" : "does not fire"}`;
}

function describeGate({ tier, chance, passesGate }: TierReading): string | undefined {
  if (chance === null) return passesGate ? undefined : `${tier.longMinutes}\u00a0min: not enough traffic`;
  const so = passesGate ? "unlikely to be chance" : "could be chance, so it is suppressed";
  return `${tier.longMinutes}\u00a0min: ${percent(chance)} probability if the target were met exactly: ${so}`;
}

/** Rules tell in "words"; labels and tiers are shown apart. */
function wordsOf({ words }: RuleState["trace"]): string {
  if (typeof words === "string") return words;
  return Array.isArray(words) ? words.join(" ") : "";
}
