import type { FeatureVerdict } from "../contract.ts";

/** Further over its line than this says nothing more. */
const maxExcess = 10;
/** Correlation of a feature whose history is not known (docs/spec/drift.md section 13). */
const minCorrelation = 0.1;
const minWindows = 8;

type Tested = Pick<FeatureVerdict, "psi" | "line" | "importance" | "correlation">;

/** How many times over its own line a feature is, from 0 to 10. */
export function excessOf({ psi, line }: Pick<Tested, "psi" | "line">): number {
  if (psi === null || line === null || line <= 0) return 0;
  return Math.min(maxExcess, psi / line);
}

/**
 * Which drift matters: excess · importance · max(0.1, correlation) (docs/spec/drift.md section 13). Where importances are not known, all features
 * of the model stand for the same.
 */
export function rankOf(feature: Tested, features: number): number {
  const importance = feature.importance ?? 1 / Math.max(1, features);
  return excessOf(feature) * importance * Math.max(minCorrelation, feature.correlation ?? 0);
}

type Ranked = Pick<FeatureVerdict, "rank" | "excess" | "name" | "state">;

/** Highest rank first; then what is further over its line; without a test last, by name. */
export function byRank(a: Ranked, b: Ranked): number {
  const isEmpty = (feature: Ranked) => Number(feature.state === "no-data");
  return isEmpty(a) - isEmpty(b) || b.rank - a.rank || b.excess - a.excess || a.name.localeCompare(b.name);
}

/**
 * Pearson's correlation of a feature's drift with how far a metric was from that of the reference, over past windows.
 * @param pairs drift and distance by window; those without either are left out @returns null for fewer than 8, or where one never moved
 */
export function driftCorrelation(pairs: readonly (readonly [number | null, number | null])[]): number | null {
  const known = pairs.filter((pair): pair is [number, number] => pair[0] !== null && pair[1] !== null);
  if (known.length < minWindows) return null;
  const mean = (at: 0 | 1) => known.reduce((sum, pair) => sum + pair[at], 0) / known.length;
  const [x, y] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [a, b] of known) {
    xy += (a - x) * (b - y);
    xx += (a - x) ** 2;
    yy += (b - y) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}
