import type { FeatureVerdict } from "../contract.ts";

/** Maximum excess over the threshold; larger values carry no information. */
const maxExcess = 10;
/** Correlation assumed for a feature without sufficient history (docs/spec/drift.md section 13). */
const minCorrelation = 0.1;
const minWindows = 8;

type Tested = Pick<FeatureVerdict, "psiNet" | "importance" | "correlation" | "missing" | "unseen" | "outside">;

/** Returns the multiple of its own threshold that a feature reaches, from 0 to 10. */
export function excessOf({ psi, line }: Pick<FeatureVerdict, "psi" | "line">): number {
  if (psi === null || line === null || line <= 0) return 0;
  return Math.min(maxExcess, psi / line);
}

/**
 * Ranks drift by relevance: effect · importance · max(0.1, correlation) (docs/spec/drift.md section 13). The effect is how far a feature
 * moved, not how sure that is: PSI net of noise, or the rise of an alarmed share of rows if that is larger. Without known importances, all
 * features of the model weigh the same.
 */
export function rankOf(feature: Tested, features: number): number {
  const importance = feature.importance ?? 1 / Math.max(1, features);
  const rises = [feature.missing, feature.unseen, feature.outside].map((share) =>
    share?.isAlarm ? share.share - share.referenceShare : 0,
  );
  const effect = Math.max(feature.psiNet ?? 0, ...rises);
  return effect * importance * Math.max(minCorrelation, feature.correlation ?? 0);
}

type Ranked = Pick<FeatureVerdict, "rank" | "excess" | "name" | "state"> & { slow?: FeatureVerdict["slow"] };

const stateOrder: readonly FeatureVerdict["state"][] = ["drift", "expected", "minor", "usual"];

/** Compares by state, drift first and what could not be tested last; then by rank, by excess over the threshold, and by name. */
export function byRank(a: Ranked, b: Ranked): number {
  return orderOf(a) - orderOf(b) || b.rank - a.rank || b.excess - a.excess || a.name.localeCompare(b.name);
}

/** A feature that moves slowly follows those that drift. */
function orderOf({ state, slow }: Ranked): number {
  const order = stateOrder.indexOf(state);
  if (order < 0) return stateOrder.length + Number(state === "no-data");
  return order > 0 && slow ? 0.5 : order;
}

/**
 * Computes Pearson's correlation between a feature's drift and the distance of a metric from that of the reference, over past windows.
 * @param pairs drift and distance by window; those without either are ignored @returns null for fewer than 8, or when one is constant
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
