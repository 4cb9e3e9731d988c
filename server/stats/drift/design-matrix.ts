import { momentsOf } from "./compatible/column.ts";

/** A feature of rows of both sides: numbers, or levels; null is missing. */
export interface ClassifiedFeature {
  name: string;
  kind: "numeric" | "categorical";
  reference: readonly (number | string | null)[];
  current: readonly (number | string | null)[];
}

/** Columns of numbers with a deviation of 1, each from a feature. */
export interface DesignMatrix {
  columns: { feature: number; values: Float64Array }[];
  rows: number;
}

const maxLevels = 20;

/**
 * Encodes the rows of both sides as numbers, the reference's first: numbers with mean 0 and deviation 1 together with their ranks, so
 * that heavy tails do not hide the rest; the 20 most frequent levels one by one; and whether a value is missing.
 */
export function designMatrix(features: readonly ClassifiedFeature[]): DesignMatrix {
  const columns = features.flatMap((feature, index) => {
    const values = [...feature.reference, ...feature.current];
    const missing = Float64Array.from(values, (value) => (isMissing(value) ? 1 : 0));
    const own = feature.kind === "numeric" ? numericColumns(values) : levelColumns(values);
    return [...own, missing].flatMap((column) => {
      const scaled = standardised(column);
      return scaled ? [{ feature: index, values: scaled }] : [];
    });
  });
  const rows = features[0] ? features[0].reference.length + features[0].current.length : 0;
  return { columns, rows };
}

function isMissing(value: number | string | null): boolean {
  return value === null || (typeof value === "number" && !Number.isFinite(value));
}

function numericColumns(values: readonly (number | string | null)[]): Float64Array[] {
  const present = Float64Array.from(values.filter((value) => !isMissing(value)) as number[]).sort();
  if (present.length === 0) return [];
  const { mean, deviation } = momentsOf(present);
  const middle = present[present.length >> 1] as number;
  const raw = Float64Array.from(values, (value) => (isMissing(value) ? mean : (value as number)));
  const ranks = Float64Array.from(values, (value) => rankOf(present, isMissing(value) ? middle : (value as number)));
  // Distance from the middle, so that a linear model also detects a change of spread.
  const away = ranks.map((rank) => Math.abs(rank - present.length / 2));
  return deviation > 0 ? [raw, ranks, away] : [];
}

function rankOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function levelColumns(values: readonly (number | string | null)[]): Float64Array[] {
  const counts = new Map<string, number>();
  for (const value of values) if (!isMissing(value)) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const levels = [...counts].sort((a, b) => b[1] - a[1]).slice(0, maxLevels);
  return levels.map(([level]) => Float64Array.from(values, (value) => (String(value) === level ? 1 : 0)));
}

function standardised(column: Float64Array): Float64Array | undefined {
  const { mean, deviation } = momentsOf(column);
  if (!(deviation > 0) || !Number.isFinite(deviation)) return undefined;
  return column.map((value) => (value - mean) / deviation);
}
