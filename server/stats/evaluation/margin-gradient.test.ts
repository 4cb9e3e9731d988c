import { expect, test } from "vitest";
import { type ClassMargins, marginMetric } from "./class-margins.ts";
import { marginGradient } from "./margin-gradient.ts";

/** Three classes, one of which was never predicted, and two rows without an answer. */
const margins = (): ClassMargins => ({
  support: Float64Array.of(40, 30, 12),
  predicted: Float64Array.of(45, 35, 0),
  hits: Float64Array.of(33, 24, 0),
  rows: 82,
});

const metrics = ["balancedAccuracy", "macroF1", "microF1", "weightedF1", "kappa", "mcc"] as const;

test("is the slope of each metric", () => {
  const step = 1e-5;
  for (const metric of metrics) {
    const gradient = marginGradient(margins(), metric);
    for (const side of ["support", "predicted", "hits"] as const) {
      for (let label = 0; label < 3; label += 1) {
        const moved = (by: number) => {
          const own = margins();
          own[side][label] = (own[side][label] as number) + by;
          // A row of a class is a row of all.
          if (side === "support") own.rows += by;
          return marginMetric(own, metric);
        };
        const slope = (moved(step) - moved(-step)) / (2 * step);
        expect(gradient[side][label], `${metric} ${side} ${label}`).toBeCloseTo(slope, 7);
      }
    }
  }
});

test("sums to 0 over all rows, and is 0 where the metric is undefined", () => {
  for (const metric of metrics) {
    const { support, predicted, hits } = marginGradient(margins(), metric);
    const own = margins();
    const total = [0, 1, 2].reduce(
      (sum, label) =>
        sum +
        (own.support[label] as number) * (support[label] as number) +
        (own.predicted[label] as number) * (predicted[label] as number) +
        (own.hits[label] as number) * (hits[label] as number),
      0,
    );
    expect(total, metric).toBeCloseTo(0, 9);
    const empty = { support: new Float64Array(2), predicted: new Float64Array(2), hits: new Float64Array(2), rows: 0 };
    expect(marginGradient(empty, metric).support).toEqual(new Float64Array(2));
  }
  const single = { support: Float64Array.of(5), predicted: Float64Array.of(5), hits: Float64Array.of(5), rows: 5 };
  expect(marginGradient(single, "kappa").hits).toEqual(Float64Array.of(0));
});
