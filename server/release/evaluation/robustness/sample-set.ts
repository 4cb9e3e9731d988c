import { seededRandom, shuffled } from "#server/stats/random.ts";
import type { RobustnessSettings } from "../contract.ts";
import type { ColumnData } from "../rows/pack-columns.ts";
import type { SetRows } from "../sets/set-rows.ts";

/** Draws rows of a set at random, the same for every version, in their order. */
export function sampleSet(set: SetRows, { rows, seed }: Pick<RobustnessSettings, "rows" | "seed">): SetRows {
  if (rows >= set.rows) return set;
  const chosen = Uint32Array.from(shuffled(set.rows, seededRandom(seed)).slice(0, rows)).sort();
  const pick = (data: ColumnData): ColumnData => {
    if (!ArrayBuffer.isView(data)) return Array.from(chosen, (row) => data[row] ?? "");
    const picked = data.slice(0, chosen.length);
    for (const [at, row] of chosen.entries()) picked[at] = data[row] as number;
    return picked;
  };
  return {
    ...set,
    rows: chosen.length,
    columns: Object.fromEntries(Object.entries(set.columns).map(([name, data]) => [name, pick(data)])),
  };
}
