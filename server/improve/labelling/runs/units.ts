import { orderByItem } from "#server/stats/labelling/votes.ts";
import type { RunInput } from "./run-input.ts";

/** Answers that are compared with each other: those to one task under one version of the guideline. */
export interface Units {
  /** Rows of the answers: of people who count, with a value. */
  rows: Int32Array;
  /** Unit of each row. */
  unit: Int32Array;
  count: number;
  /** Rows of unit u are at `start[u]` to below `start[u + 1]` of `order`, as places in `rows`. */
  start: Int32Array;
  order: Int32Array;
}

/** Groups answers by task and version of the guideline. @param guideline only of this version */
export function unitsOf({ answers, isExcluded }: RunInput, guideline?: number): Units {
  const { task, person, value } = answers;
  const rows: number[] = [];
  for (let row = 0; row < task.length; row += 1) {
    if (value[row] === -1 || isExcluded[person[row] as number] === 1) continue;
    if (guideline === undefined || answers.guideline[row] === guideline) rows.push(row);
  }
  const known = new Map<number, number>();
  const unit = Int32Array.from(rows, (row) => {
    // Versions of a guideline are far fewer than a million.
    const key = (task[row] as number) * 1_000_000 + (answers.guideline[row] as number);
    const at = known.get(key) ?? known.size;
    known.set(key, at);
    return at;
  });
  return { rows: Int32Array.from(rows), unit, count: known.size, ...orderByItem(unit, known.size) };
}
