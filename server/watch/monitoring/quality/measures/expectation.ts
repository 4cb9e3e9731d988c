import { totalsOf } from "#server/stats/estimation/multiclass.ts";
import { type ExpectedBins, expectedBins, type ScoreBins } from "#server/stats/estimation/score-bins.ts";
import type { Calibration } from "../../profiles/contract.ts";
import type { Reading } from "./realised.ts";

/**
 * Expected outcomes from calibrated scores, before they become metrics: those of several time ranges and versions, each calibrated by its
 * own reference, are additive.
 */
export interface Expectation {
  /** For two classes, from the perspective of the positive one. */
  bins: ExpectedBins | null;
  /** For more classes: rows, Σ of the probabilities that the prediction is correct, Σ p(1 − p). */
  rows: number;
  right: number;
  variance: number;
}

/** Applies the calibration of a version to its scores. */
export function expectationOf(
  scores: ReadonlyMap<string, ScoreBins>,
  calibration: Pick<Calibration, "maps"> | null,
  { taskKind, isMirrored }: Pick<Reading, "taskKind" | "isMirrored">,
): Expectation {
  if (taskKind === "binary") {
    const bins = scores.get("");
    const expected = bins ? expectedBins(bins, calibration?.maps[""]) : null;
    return { ...nothing, bins: expected && isMirrored ? mirrored(expected) : expected };
  }
  const all = [...scores].filter(([key]) => key !== "");
  return addExpectations(
    all.map(([key, bins]) => ({ bins: null, ...totalsOf(expectedBins(bins, calibration?.maps[key])) })),
  );
}

/** Adds up the expectations of different predictions. */
export function addExpectations(all: readonly Expectation[]): Expectation {
  return all.reduce(
    (sum, one) => ({
      bins: sum.bins && one.bins ? addBins(sum.bins, one.bins) : (sum.bins ?? one.bins),
      rows: sum.rows + one.rows,
      right: sum.right + one.right,
      variance: sum.variance + one.variance,
    }),
    nothing,
  );
}

const nothing: Expectation = { bins: null, rows: 0, right: 0, variance: 0 };

function addBins(a: ExpectedBins, b: ExpectedBins): ExpectedBins {
  return {
    count: a.count.map((value, bin) => value + (b.count[bin] as number)),
    positive: a.positive.map((value, bin) => value + (b.positive[bin] as number)),
    variance: a.variance.map((value, bin) => value + (b.variance[bin] as number)),
  };
}

function mirrored({ count, positive, variance }: ExpectedBins): ExpectedBins {
  return {
    count: count.toReversed(),
    positive: positive.map((hits, bin) => (count[bin] as number) - hits).reverse(),
    variance: variance.toReversed(),
  };
}
