import { meanSequence } from "#server/stats/sequential/mean-difference.ts";
import { meanIncreaseLogE } from "#server/stats/sequential/mean-increase.ts";
import type { GuardrailEvidence } from "../../../serve/rollout/evidence/contract.ts";
import type { ArmSum } from "./sums.ts";

/** The sequence holds for many values only. */
const minValues = 100;
/** Count of values, of both arms, at which the interval is tightest. */
const tightestAt = 5000;

/** The same for the displayed difference, in values of the smaller arm, which limits it. */
const tightestDifferenceAt = 1000;

interface CostArms {
  canary: ArmSum;
  stable: ArmSum;
}

/**
 * Computes the evidence that a request of the new version costs more than (1 + margin) times one of the previous version, as ln(1/p) of
 * an asymptotic sequence: not an e-value, so it has a separate share of alpha. 0 with fewer than 100 values in an arm.
 * @param steps sums of each step that splits requests: costs that change over the day while the share grows are no difference
 * @param alpha the guardrail's share of it
 */
export function costLogE(steps: readonly CostArms[], margin: number, alpha: number): number {
  const known = comparable(steps);
  const total = totalOf(known);
  if (Math.min(total.canary, total.stable) < minValues) return 0;
  const tolerated = 1 + margin;
  const estimate = pooled(known, tolerated, ({ canary, stable }) => ({
    canary: varianceOf(canary),
    stable: varianceOf(stable),
  }));
  return meanIncreaseLogE({ ...estimate, count: total.canary + total.stable }, { alpha, tightestAt });
}

/** Returns the difference of the means, canary minus stable, with its always-valid interval, over the same steps. */
export function costDifference(steps: readonly CostArms[], alpha: number): GuardrailEvidence["ratio"] {
  const known = comparable(steps);
  const total = totalOf(known);
  if (known.length === 0) return { estimate: null, low: null, high: null };
  // Few costs of the smaller arm may miss the expensive ones, and then vary less than they do: it varies at least as the other one.
  const { value, standardError } = pooled(known, 1, ({ canary, stable }) => {
    const variance = Math.max(varianceOf(canary), varianceOf(stable));
    return { canary: variance, stable: variance };
  });
  const smaller = Math.min(total.canary, total.stable);
  if (smaller < minValues) return { estimate: value, low: null, high: null };
  const { low, high } = meanSequence(
    { value, standardError, count: smaller },
    { alpha, tightestAt: tightestDifferenceAt },
  );
  return { estimate: value, low, high };
}

/** Returns the steps in which both arms have a variance. */
function comparable(steps: readonly CostArms[]): CostArms[] {
  return steps.filter(({ canary, stable }) => Math.min(canary.units, stable.units) > 1);
}

function totalOf(steps: readonly CostArms[]): { canary: number; stable: number } {
  const sum = (arm: keyof CostArms) => steps.reduce((total, step) => total + step[arm].units, 0);
  return { canary: sum("canary"), stable: sum("stable") };
}

/** Pools the differences of the steps, each weighted by n·m/(n+m), with the standard error. */
function pooled(
  steps: readonly CostArms[],
  tolerated: number,
  variancesOf: (step: CostArms) => { canary: number; stable: number },
): { value: number; standardError: number } {
  let [weights, value, squared] = [0, 0, 0];
  for (const step of steps) {
    const { canary, stable } = step;
    const weight = (canary.units * stable.units) / (canary.units + stable.units);
    const variances = variancesOf(step);
    weights += weight;
    value += weight * (canary.sum / canary.units - (tolerated * stable.sum) / stable.units);
    squared += weight ** 2 * (variances.canary / canary.units + (tolerated ** 2 * variances.stable) / stable.units);
  }
  return { value: value / weights, standardError: Math.sqrt(squared) / weights };
}

function varianceOf({ sum, sumSquares, units }: ArmSum): number {
  return Math.max(0, sumSquares - sum ** 2 / units) / (units - 1);
}
