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
 * @param alpha the guardrail's share of it
 */
export function costLogE({ canary, stable }: CostArms, margin: number, alpha: number): number {
  if (Math.min(canary.units, stable.units) < minValues) return 0;
  const tolerated = 1 + margin;
  const value = meanOf(canary) - tolerated * meanOf(stable);
  const standardError = Math.sqrt(errorOf(canary) + tolerated ** 2 * errorOf(stable));
  return meanIncreaseLogE({ value, standardError, count: canary.units + stable.units }, { alpha, tightestAt });
}

/** Returns the difference of the means, canary minus stable, with its always-valid interval. */
export function costDifference({ canary, stable }: CostArms, alpha: number): GuardrailEvidence["ratio"] {
  if (canary.units === 0 || stable.units === 0) return { estimate: null, low: null, high: null };
  const value = meanOf(canary) - meanOf(stable);
  if (Math.min(canary.units, stable.units) < minValues) return { estimate: value, low: null, high: null };
  // Few costs of the smaller arm may miss the expensive ones, and then vary less than they do: it varies at least as the other one.
  const variance = Math.max(varianceOf(canary), varianceOf(stable));
  const standardError = Math.sqrt(variance / canary.units + variance / stable.units);
  const smaller = Math.min(canary.units, stable.units);
  const { low, high } = meanSequence(
    { value, standardError, count: smaller },
    { alpha, tightestAt: tightestDifferenceAt },
  );
  return { estimate: value, low, high };
}

function meanOf({ sum, units }: ArmSum): number {
  return sum / units;
}

/** Returns the squared standard error of a mean. */
function errorOf(arm: ArmSum): number {
  return varianceOf(arm) / arm.units;
}

function varianceOf({ sum, sumSquares, units }: ArmSum): number {
  return Math.max(0, sumSquares - sum ** 2 / units) / (units - 1);
}
