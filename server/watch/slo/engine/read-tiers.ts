import { chanceOfBad, isImprobable } from "#server/stats/burn-rate/gate.ts";
import { burnRate, countBetween, isAbove } from "#server/stats/burn-rate/minute-sums.ts";
import { cappedFactor } from "#server/stats/burn-rate/tiers.ts";
import type { BurnTier, SloDefinition, TierReading } from "../../objectives/contract.ts";
import { type CountedSlo, knownUntil, minuteOf, type SloEvents, sloEvents, widened } from "./events.ts";

/** More events than this by the budget ratio, and a burn rate above 1.5 is never chance. */
const surelyEnough = 5000;

/**
 * Reads each tier at `now`, in the order of the definition, with all values that decide it. `isFiring` includes the tier's `forMinutes`
 * because the minutes before are available.
 */
export function readTiers(slo: CountedSlo): TierReading[] {
  return tiersOf(sloEvents(slo), slo.definition, slo.now);
}

/** Reads the tiers from events that are already counted. */
export function tiersOf(events: SloEvents, definition: SloDefinition, now: number): TierReading[] {
  const at = minuteOf(events, knownUntil(definition, now));
  return definition.rules.tiers.map((tier) => readTier(events, definition, tier, at));
}

function readTier(events: SloEvents, { rules }: SloDefinition, tier: BurnTier, at: number): TierReading {
  const { sums, budget } = events;
  const factor = cappedFactor(tier.factor, budget, rules.cap);
  const wide = widened(tier, events.minMinutes);
  const reading = (end: number) => {
    const count = countBetween(sums, end - wide.longMinutes, end);
    const long = burnRate(count, budget);
    const shortCount = wide.shortMinutes === null ? null : countBetween(sums, end - wide.shortMinutes, end);
    const short = shortCount && burnRate(shortCount, budget);
    return {
      count,
      long,
      short,
      shortTotal: shortCount?.total,
      isBurning: isAbove(long, factor) && (wide.shortMinutes === null || isAbove(short, factor)),
    };
  };
  const dispersion = rules.gate === null ? 1 : events.dispersionAt(at);
  const passes = (count: { bad: number; total: number }) =>
    rules.gate === null || isImprobable(count, budget, rules.gate, dispersion);
  const { count, long, short, shortTotal, isBurning } = reading(at);
  const passesGate = passes(count);
  let isFiring = isBurning && passesGate;
  for (let back = 1; isFiring && back <= tier.forMinutes; back += 1) {
    const earlier = reading(at - back);
    isFiring = earlier.isBurning && passes(earlier.count);
  }
  const isCertain = count.total * budget > surelyEnough * dispersion && isAbove(long, 1.5);
  return {
    tier,
    factor,
    isCapped: factor < tier.factor,
    long,
    short,
    ...(shortTotal !== undefined && { shortTotal }),
    ...count,
    chance: rules.gate === null || isCertain || count.total === 0 ? null : chanceOfBad(count, budget, dispersion),
    dispersion,
    passesGate,
    isFiring,
  };
}
