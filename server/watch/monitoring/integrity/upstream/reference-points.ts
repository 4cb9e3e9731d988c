import type { NumericProfile } from "../../state/contract.ts";

/** A reference as points with their shares: what is known of its distribution, in a form that can be converted. */
export interface ReferencePoints {
  values: Float64Array;
  /** Summing to 1. */
  shares: Float64Array;
}

/** Points a bin; the values of a bin count as even within it. */
const pointsPerBin = 4;
/** A bin so much heavier than the others holds one value many times: then that value is its upper edge (docs/spec/drift.md section 5.1). */
const heavy = 1.8;

/** Returns the reference of a numeric feature as points, which are exact if it has few distinct values. */
export function pointsOf({ values, bins, edges, min, max, count }: NumericProfile): ReferencePoints {
  const points: [number, number][] = [];
  if (values) {
    for (const [value, rows] of values) points.push([value, rows / count]);
  } else {
    const usual = heavy / (edges.length + 1);
    for (let bin = 0; bin < bins.length; bin++) {
      const share = (bins[bin] as number) / count;
      if (share === 0) continue;
      const from = bin === 0 ? min : (edges[bin - 1] as number);
      const to = bin === bins.length - 1 ? max : (edges[bin] as number);
      if (share > usual && bins.length > 20) points.push([to, share]);
      else for (const value of evenly(from, to)) points.push([value, share / pointsPerBin]);
    }
  }
  return {
    values: Float64Array.from(points, ([value]) => value),
    shares: Float64Array.from(points, ([, share]) => share),
  };
}

function evenly(from: number, to: number): number[] {
  return Array.from({ length: pointsPerBin }, (_, index) => from + ((to - from) * (index + 0.5)) / pointsPerBin);
}

/** Returns the mean of points, and the mean second and fourth power of the distance to it. */
export function momentsOf({ values, shares }: ReferencePoints): { mean: number; variance: number; fourth: number } {
  let mean = 0;
  for (let at = 0; at < values.length; at++) mean += (values[at] as number) * (shares[at] as number);
  let [variance, fourth] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    const square = ((values[at] as number) - mean) ** 2;
    variance += square * (shares[at] as number);
    fourth += square * square * (shares[at] as number);
  }
  return { mean, variance, fourth };
}
