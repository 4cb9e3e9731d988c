import { seededRandom } from "../random.ts";
import { boundary, GridGate, safeGrid, worseGrid } from "./grid-gate.ts";
import { type ArmSpread, widenedFactors } from "./widened-factors.ts";

/**
 * Effect to detect, as planned before the rollout starts: a regression, or safety when the ratio lies below 1 + margin (then the margin
 * is the safe margin, and α is β).
 */
export interface PlannedEffect {
  /** The canary's share of units, above 0 and below 1. */
  weight: number;
  /** The true rate of the canary by that of the baseline. */
  ratio: number;
  margin: number;
  alpha: number;
  /** Dispersion of the arms' events; without it they are independent. */
  spread?: ArmSpread | undefined;
}

const eventShare = ({ weight, ratio }: PlannedEffect) => (weight * ratio) / (weight * ratio + 1 - weight);

/**
 * Events of both arms until the gate shows it: (ln(1/α) + 1.5) / KL(θ ‖ r), where θ is the canary's share of events and r its share
 * at the margin. Within a factor of 2 of the median, rather above it; every tenth rollout takes about 2.5 times as long. ∞ for a
 * ratio that is just the margin.
 */
export function expectedEvents(effect: PlannedEffect): number {
  return (Math.log(1 / effect.alpha) + 1.5) / gainPerEvent(effect);
}

/** Returns the growth of ln E per event: with bursts that of the best bet of the grid, else the relative entropy. */
function gainPerEvent(effect: PlannedEffect): number {
  const [theta, r] = [eventShare(effect), boundary(effect.weight, effect.margin)];
  const { spread } = effect;
  if (!spread || spread.hits + spread.misses === 0)
    return (theta > 0 ? theta * Math.log(theta / r) : 0) + (1 - theta) * Math.log((1 - theta) / (1 - r));
  const grid = theta > r ? worseGrid : safeGrid;
  const gains = grid.map((bet) => {
    const { hit, miss } = widenedFactors(bet, r, spread);
    return theta * hit + (1 - theta) * miss;
  });
  return Math.max(0, ...gains);
}

/** Computes the seconds in which the given number of events arrives. @param baseRate the baseline's share of bad units. */
export function secondsFor(
  events: number,
  { weight, ratio }: Pick<PlannedEffect, "weight" | "ratio">,
  { unitsPerSecond, baseRate }: { unitsPerSecond: number; baseRate: number },
): number {
  return events / (unitsPerSecond * baseRate * (weight * ratio + 1 - weight));
}

/** Minimum rate assumed by the safe gate, as a share of the limit: below a quarter it counts as a quarter. */
const minLimitShare = 1 / 4;

/**
 * Computes the units of one arm needed to show that the share of bad ones is below `limit`, beside a relative gate with which E is
 * split in halves: (ln(1/β) + ln 2 + 1.5) / gain, where a unit gains the relative entropy of `rate` to the limit, as far as the grid
 * reaches. ∞ from the limit on.
 * @param rate the true share of bad units.
 */
export function expectedUnitsBelow(rate: number, limit: number, beta: number): number {
  if (rate >= limit) return Number.POSITIVE_INFINITY;
  const tested = Math.max(rate, limit * minLimitShare);
  const gain = rate * Math.log(tested / limit) + (1 - rate) * Math.log((1 - tested) / (1 - limit));
  return (Math.log(1 / beta) + Math.log(2) + 1.5) / gain;
}

export interface SimulatedEvents {
  median: number;
  p90: number;
  /** Share of runs that detected nothing within `most` events; these count as `most`. */
  undetectedShare: number;
}

/** Estimates the events by running the gate itself: the median of 200 runs is within about 15%. Milliseconds for ratios of 2 and more. */
export function simulatedEvents(effect: PlannedEffect, { runs = 200, most = 60_000, seed = 1 } = {}): SimulatedEvents {
  const random = seededRandom(seed);
  const grid = effect.ratio > 1 + effect.margin ? worseGrid : safeGrid;
  const [theta, r] = [eventShare(effect), boundary(effect.weight, effect.margin)];
  const needed = Array.from({ length: runs }, () => {
    const gate = new GridGate(grid).onlyFrom(-Math.log(effect.alpha));
    let events = 0;
    while (events < most && gate.maxLogE < -Math.log(effect.alpha)) {
      events += 1;
      const isCanary = random() < theta;
      gate.add(isCanary ? 1 : 0, isCanary ? 0 : 1, r);
    }
    return events;
  }).sort((a, b) => a - b);
  return {
    median: needed[Math.floor(runs / 2)] as number,
    p90: needed[Math.floor(runs * 0.9)] as number,
    undetectedShare: needed.filter((events) => events >= most).length / runs,
  };
}
