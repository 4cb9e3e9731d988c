import type { RolloutArm, RolloutCount } from "#server/serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";

/** Routing of a counted unit. */
export interface Routed {
  arm: RolloutArm;
  step: number;
  weight: number;
}

const indices: Record<RolloutArm, number> = { stable: 0, canary: 1, pair: 2 };

/** Counts of one rollout by metric, bin, step and arm. They only grow. */
export class CountRows {
  /** Rows by metric, by step and arm, and by bin: joining and hashing all of them for each request costs more than counting it. */
  private readonly rows = new Map<GuardrailMetric, (RolloutCount | undefined)[][]>();
  private changed = new Set<RolloutCount>();

  /** Returns the row to add to, and marks it as changed. */
  of(metric: GuardrailMetric, { arm, step, weight }: Routed, bin = 0): RolloutCount {
    const index = step * 3 + indices[arm];
    const row = this.rows.get(metric)?.[index]?.[bin] ?? this.start(metric, index, { arm, step, weight }, bin);
    this.changed.add(row);
    return row;
  }

  private start(metric: GuardrailMetric, index: number, { arm, step, weight }: Routed, bin: number): RolloutCount {
    const row = { metric, bin, step, arm, weight, units: 0, events: 0, misses: 0, sum: 0, sumSquares: 0 };
    const ofMetric = this.rows.get(metric) ?? [];
    const bins = ofMetric[index] ?? [];
    bins[bin] = row;
    ofMetric[index] = bins;
    this.rows.set(metric, ofMetric);
    return row;
  }

  get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  get all(): RolloutCount[] {
    return [...this.rows.values()].flatMap((ofMetric) => ofMetric.flat()).filter((row) => row !== undefined);
  }

  /** Copies of what has changed since the last call. */
  takeChanged(): RolloutCount[] {
    const batch = [...this.changed].map((row) => ({ ...row }));
    this.changed = new Set();
    return batch;
  }

  /** Marks rows as changed again, because they were not stored. */
  restoreRows(rows: readonly RolloutCount[]): void {
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
