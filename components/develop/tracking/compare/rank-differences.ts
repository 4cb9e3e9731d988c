interface Ranked {
  label: string;
  /** Undefined is missing. */
  values: readonly (string | number | undefined)[];
}

/**
 * Ranks rows by how much they differ: more different values first, then numbers that lie further apart, then values that only some runs
 * have; identical rows come last. Params are numbers if all their values are.
 */
export function ranked<Row extends Ranked>(rows: readonly Row[]): Row[] {
  const worth = new Map(rows.map((row) => [row, worthOf(row.values)]));
  return rows.toSorted((a, b) => (worth.get(b) ?? 0) - (worth.get(a) ?? 0) || (a.label < b.label ? -1 : 1));
}

function worthOf(values: Ranked["values"]): number {
  const present = values.filter((value) => value !== undefined);
  const distinct = new Set(present).size;
  if (distinct > 1) return distinct + spreadOf(present);
  return present.length < values.length && present.length > 0 ? 1 : 0;
}

/** Returns the relative distance between numbers, from 0 (equal) to below 1; texts count as 0.5. */
function spreadOf(values: readonly (string | number)[]): number {
  const numbers = values.map((value) => (value === "" ? Number.NaN : Number(value)));
  if (numbers.some((number) => !Number.isFinite(number))) return 0.5;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  // Halved, because the difference between the smallest and greatest double overflows.
  const share = (high / 2 - low / 2) / (Math.abs(low / 2) + Math.abs(high / 2));
  return Math.min(0.999, share);
}
