import type { DaySpend } from "../spending/contract.ts";

/** Sums of what belongs together, by day. */
export interface DaySums {
  spent: number;
  compute: number;
  idle: number;
  answered: number;
}

/** Adds up days of usage by a key. @param keyOf undefined leaves a row out */
export function groupDays(
  usage: readonly DaySpend[],
  keyOf: (row: DaySpend) => string | undefined,
): Map<string, Map<string, DaySums>> {
  const groups = new Map<string, Map<string, DaySums>>();
  for (const row of usage) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const days = groups.get(key) ?? new Map<string, DaySums>();
    groups.set(key, days);
    const sums = days.get(row.day) ?? { spent: 0, compute: 0, idle: 0, answered: 0 };
    days.set(row.day, sums);
    sums.spent += row.compute + row.idle + row.engine;
    sums.compute += row.compute;
    sums.idle += row.idle;
    // A shadow copy of a live request costs money, but returns nothing to a client.
    if (row.arm !== "shadow") sums.answered += row.answered;
  }
  return groups;
}

/** Sums of some of the days. */
export function sumDays(days: ReadonlyMap<string, DaySums>, wanted: readonly string[]): DaySums {
  const total = { spent: 0, compute: 0, idle: 0, answered: 0 };
  for (const day of wanted) {
    const sums = days.get(day);
    if (!sums) continue;
    total.spent += sums.spent;
    total.compute += sums.compute;
    total.idle += sums.idle;
    total.answered += sums.answered;
  }
  return total;
}
