import type { ArmCount as CountedArm, RolloutArm, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";

/** Sums of the rows of one metric and arm. */
export interface ArmSum {
  units: number;
  events: number;
  misses: number;
  sum: number;
  sumSquares: number;
}

/** @param step restricts the sum to this step, if given */
export function sumOf(rows: readonly RolloutCount[], arm: RolloutArm, step?: number): ArmSum {
  const total: ArmSum = { units: 0, events: 0, misses: 0, sum: 0, sumSquares: 0 };
  for (const row of rows) {
    if (row.arm !== arm || (step !== undefined && row.step !== step)) continue;
    total.units += row.units;
    total.events += row.events;
    total.misses += row.misses;
    total.sum += row.sum;
    total.sumSquares += row.sumSquares;
  }
  return total;
}

/** Returns the displayed values of an arm. @param hasMean whether values were summed. */
export function shownArm({ units, events, sum }: ArmSum, hasMean: boolean): CountedArm {
  return { units, events, mean: hasMean && units > 0 ? sum / units : null };
}

/**
 * Returns the ratio of the rates of canary and stable over steps with different weights and base rates: Mantel & Haenszel 1959, in its form
 * for risks. Null without events to divide by.
 */
export function pooledRatio(rows: readonly RolloutCount[]): number | null {
  let [above, below] = [0, 0];
  for (const step of new Set(rows.map((row) => row.step))) {
    const [canary, stable] = [sumOf(rows, "canary", step), sumOf(rows, "stable", step)];
    const all = canary.units + stable.units;
    if (canary.units === 0 || stable.units === 0) continue;
    above += (canary.events * stable.units) / all;
    below += (stable.events * canary.units) / all;
  }
  return below > 0 ? above / below : null;
}
