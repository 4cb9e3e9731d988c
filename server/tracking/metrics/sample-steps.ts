import type { StoredPoint } from "./stored-point.ts";

/**
 * The steps at which MLflow draws several series: all if there are at most `limit`; else so many, evenly by position, with the
 * last; and the first and last of each series. Source: section 8.3 of the wire contract.
 * @param series points of each in the order of their steps.
 */
export function sampleSteps(series: readonly (readonly StoredPoint[])[], limit: number): Set<number> {
  const all = [...new Set(series.flatMap((points) => points.map(({ step }) => step)))].sort((a, b) => a - b);
  const chosen = new Set(all.length <= limit ? all : all.slice(-1));
  for (let place = 0; all.length > limit && place < limit; place++) {
    chosen.add(all[Math.floor((place * all.length) / limit)] as number);
  }
  for (const points of series) {
    for (const end of [points[0], points.at(-1)]) if (end) chosen.add(end.step);
  }
  return chosen;
}
