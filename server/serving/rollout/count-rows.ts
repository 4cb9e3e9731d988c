import type { RolloutArm, RolloutCount } from "#server/rollouts/evidence/contract.ts";
import type { GuardrailMetric } from "#server/rollouts/plan/contract.ts";

/** Where something was routed, as it is counted. */
export interface Routed {
  arm: RolloutArm;
  step: number;
  weight: number;
}

/** Counts of one rollout by metric, bin, step and arm. They only grow. */
export class CountRows {
  private readonly rows = new Map<string, RolloutCount>();
  private changed = new Set<RolloutCount>();

  /** The row to add to; it is told as changed. */
  of(metric: GuardrailMetric, { arm, step, weight }: Routed, bin = 0): RolloutCount {
    const key = `${metric} ${bin} ${step} ${arm}`;
    let row = this.rows.get(key);
    if (!row) {
      row = { metric, bin, step, arm, weight, units: 0, events: 0, misses: 0, sum: 0, sumSquares: 0 };
      this.rows.set(key, row);
    }
    this.changed.add(row);
    return row;
  }

  get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  get all(): RolloutCount[] {
    return [...this.rows.values()];
  }

  /** Copies of what has changed since the last call. */
  takeChanged(): RolloutCount[] {
    const taken = [...this.changed].map((row) => ({ ...row }));
    this.changed = new Set();
    return taken;
  }

  /** Tells them again the next time, since they were not stored. */
  putBack(rows: readonly RolloutCount[]): void {
    for (const { metric, bin, step, arm, weight } of rows) this.of(metric, { arm, step, weight }, bin);
  }
}

/** Adds one unit to a row. @param value of means, such as a cost */
export function countUnit(row: RolloutCount, isEvent: boolean, value = 0): void {
  row.units += 1;
  if (isEvent) row.events += 1;
  row.sum += value;
  row.sumSquares += value * value;
}
