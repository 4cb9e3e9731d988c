interface Ranked {
  label: string;
  /** Undefined is missing. */
  values: readonly (string | number | undefined)[];
}

/**
 * Rows in the order of how much they differ: more different values first, then numbers that lie further apart, then what only some have;
 * what is the same in all comes last. Params are numbers when all of them say one.
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

/** 0 (alike) to below 1: how far numbers lie apart, measured by their size; words count as halfway. */
function spreadOf(values: readonly (string | number)[]): number {
  const numbers = values.map((value) => (value === "" ? Number.NaN : Number(value)));
  if (numbers.some((number) => !Number.isFinite(number))) return 0.5;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  // In halves, because the distance of the least from the greatest double is no double.
  const share = (high / 2 - low / 2) / (Math.abs(low / 2) + Math.abs(high / 2));
  return Math.min(0.999, share);
}
