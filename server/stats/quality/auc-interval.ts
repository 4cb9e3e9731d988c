import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";

/**
 * Computes the interval of an area under the receiver operating characteristic curve: the variance by Hanley and McNeil ("The meaning and
 * use of the area under a receiver operating characteristic curve", Radiology 143, 1982), as a score interval: it contains every area
 * that is less than z of its own standard deviations from the measured one (Newcombe, "Confidence intervals for an effect size measure
 * based on the Mann–Whitney statistic, part 2", Statistics in Medicine 25, 2006, method 5). So an area of 1 of few rows is not certain.
 * @returns null if a class is absent
 */
export function aucInterval(auc: number, positives: number, negatives: number, level = 0.95): Band | null {
  if (!(positives > 0) || !(negatives > 0) || !(auc >= 0 && auc <= 1)) return null;
  const z = normalQuantile(1 - (1 - level) / 2);
  const isInside = (area: number) => Math.abs(auc - area) <= z * Math.sqrt(varianceOf(area, positives, negatives));
  return { low: boundOf(auc, 0, isInside), high: boundOf(auc, 1, isInside) };
}

/** Newcombe's variance: Hanley and McNeil's with both classes at their mean size, which keeps the interval symmetric in them. */
function varianceOf(area: number, positives: number, negatives: number): number {
  const mean = (positives + negatives) / 2 - 1;
  const rest = 1 + mean * ((1 - area) / (2 - area) + area / (1 + area));
  return (area * (1 - area) * rest) / (positives * negatives);
}

/** Finds by bisection the area between the measured one and an end where `isInside` changes. */
function boundOf(auc: number, end: number, isInside: (area: number) => boolean): number {
  let [inside, outside] = [auc, end];
  for (let round = 0; round < 60; round += 1) {
    const middle = (inside + outside) / 2;
    if (isInside(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}
