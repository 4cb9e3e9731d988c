import { setImmediate } from "node:timers/promises";
import type { FeatureType, StoreValue } from "../contract.ts";
import { spentUnits } from "./meter.ts";
import type { ExpressionPlan } from "./plan-expressions.ts";
import type { RequestWork } from "./request-work.ts";

/** Longest time for which evaluation holds the event loop, apart from the one expression under way. */
const sliceMs = 8;

/** What an expression gave for the rows of a batch. */
export interface ComputedColumn {
  name: string;
  type: FeatureType;
  /** By row; null where the expression gave null, lacked an operand, or failed. */
  values: StoreValue[];
  /** Rows that are null for want of an operand. */
  nullOperands: number;
  /** Reasons by row. */
  failures: Map<number, string>;
}

/**
 * Evaluates expressions over the columns of a batch, one row after the other; other work of the process goes on meanwhile. For one row of a
 * look-up and for millions of a training set it is the same code. Where an expression failed, others that use it read null.
 * @param columns values by name, `rows` of each; columns that no expression reads may be missing
 * @param work what the request may do, if that is bounded
 * @throws FeatureError "too-large" once the work is used up
 */
export async function runExpressions(
  plan: ExpressionPlan,
  columns: ReadonlyMap<string, readonly StoreValue[]>,
  rows: number,
  work?: RequestWork,
): Promise<ComputedColumn[]> {
  const values = new Map(columns);
  const computed: ComputedColumn[] = plan.map(({ name, type }) => {
    const column = { name, type, values: new Array<StoreValue>(rows).fill(null), nullOperands: 0, failures: new Map() };
    values.set(name, column.values);
    return column;
  });
  let sliceStart = performance.now();
  for (let row = 0; row < rows; row += 1) {
    const read = (name: string) => values.get(name)?.[row] ?? null;
    for (const [index, expression] of plan.entries()) {
      const column = computed[index];
      if (!column) continue;
      const outcome = expression.evaluate(read);
      work?.take(spentUnits(), outcome.kind === "value" ? outcome.value : null);
      if (outcome.kind === "value") column.values[row] = outcome.value;
      else if (outcome.kind === "failed") column.failures.set(row, outcome.reason);
      else column.nullOperands += 1;
      if (performance.now() - sliceStart < sliceMs) continue;
      await setImmediate();
      sliceStart = performance.now();
    }
  }
  return computed;
}
