import { shareSequence } from "#server/stats/sequential/bernoulli-sequence.ts";
import { byWeight } from "#server/stats/sequential/evaluate-guardrail.ts";
import { meanSequence } from "#server/stats/sequential/mean-difference.ts";
import { logRateRatioInterval } from "#server/stats/sequential/rate-ratio.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { type ArmSum, pooledRatio, sumOf } from "../evidence/sums.ts";
import type { Estimated, OutcomeComparison, Variant } from "./contract.ts";

/** Means have intervals from so many values on in each arm: the sequence is asymptotic. */
const minValues = 100;
const tightestAt = 5000;
const unknown: Estimated = { estimate: null, low: null, high: null };

type Compared = Omit<OutcomeComparison, "name" | "isGuardrail">;

/**
 * Compares business events of the units of both versions. Steps are compared one by one and then combined by their units because days
 * differ and weights change; otherwise a good day with many canary units would favour the canary.
 * @param rows of one business event: units, those of them with the event, sum and squares of its values. @param steps of the plan: counts
 * after them belong to monitoring
 */
export function compareOutcomes(rows: readonly RolloutCount[], steps: number, alpha: number): Compared {
  const split = rows.filter(({ step, arm }) => step < steps && arm !== "pair");
  const watched = sumOf(
    rows.filter(({ step }) => step >= steps),
    "canary",
  );
  const [stable, canary] = [sumOf(split, "stable"), sumOf(split, "canary")];
  const hasValues = rows.some(({ sumSquares }) => sumSquares > 0);
  const valueGain = hasValues ? gainOf(split, alpha) : unknown;
  const units = canary.units + watched.units;
  return {
    stable: variant(stable, hasValues, alpha),
    canary: variant(canary, hasValues, alpha),
    rateRatio: ratioOf(split, alpha),
    valueGain,
    totalGain: { estimate: times(valueGain.estimate, units), ...timesEnds(valueGain, units) },
    after: watched.units > 0 ? variant(watched, hasValues, alpha) : null,
  };
}

function variant(sum: ArmSum, hasValues: boolean, alpha: number): Variant {
  const { units, events } = sum;
  // Events may be stored before the last second of units is.
  const share = { events: Math.min(events, units), units };
  const rate = units > 0 ? { estimate: share.events / units, ...shareSequence(share, alpha) } : unknown;
  const value = hasValues ? sum.sum : null;
  return { units, events, rate, value, valuePerUnit: hasValues ? meanOf(sum, alpha) : unknown };
}

function meanOf(sum: ArmSum, alpha: number): Estimated {
  if (sum.units === 0) return unknown;
  return bounded(sum.sum / sum.units, squaredError(sum), sum.units, sum.units >= minValues, alpha);
}

function ratioOf(split: readonly RolloutCount[], alpha: number): Estimated {
  const counts = split.map((row) => {
    const arm = row.arm === "canary" ? ("canary" as const) : ("baseline" as const);
    return { step: row.step, weight: row.weight, arm, units: row.units, events: row.events };
  });
  const { low, high } = logRateRatioInterval(byWeight(counts, "events"), alpha);
  const end = (log: number) => (Number.isFinite(log) ? Math.exp(log) : null);
  return { estimate: pooledRatio(split), low: end(low), high: end(high) };
}

/** Returns the difference of the means of each step with units of both versions, weighted by its units. */
function gainOf(split: readonly RolloutCount[], alpha: number): Estimated {
  const pairs = [...new Set(split.map(({ step }) => step))]
    .map((step) => ({ stable: sumOf(split, "stable", step), canary: sumOf(split, "canary", step) }))
    .filter(({ stable, canary }) => Math.min(stable.units, canary.units) > 1);
  const all = pairs.reduce((total, { stable, canary }) => total + stable.units + canary.units, 0);
  if (all === 0) return unknown;
  let [gain, squared] = [0, 0];
  for (const { stable, canary } of pairs) {
    const share = (stable.units + canary.units) / all;
    gain += share * (canary.sum / canary.units - stable.sum / stable.units);
    squared += share ** 2 * (squaredError(canary) + squaredError(stable));
  }
  const fewest = (arm: "stable" | "canary") => pairs.reduce((total, pair) => total + pair[arm].units, 0);
  return bounded(gain, squared, all, Math.min(fewest("stable"), fewest("canary")) >= minValues, alpha);
}

function bounded(value: number, squared: number, count: number, isEnough: boolean, alpha: number): Estimated {
  if (!isEnough || squared <= 0) return { estimate: value, low: null, high: null };
  const { low, high } = meanSequence({ value, standardError: Math.sqrt(squared), count }, { alpha, tightestAt });
  return { estimate: value, low, high };
}

/** Returns the squared standard error of a mean. */
function squaredError({ sum, sumSquares, units }: ArmSum): number {
  return units > 1 ? Math.max(0, sumSquares - sum ** 2 / units) / (units - 1) / units : 0;
}

function times(value: number | null, units: number): number | null {
  return value === null ? null : value * units;
}

function timesEnds({ low, high }: Estimated, units: number) {
  return { low: times(low, units), high: times(high, units) };
}
