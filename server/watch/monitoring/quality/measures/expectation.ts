import {
  byGroup,
  type CalibrationErrors,
  type CalibrationGroups,
  calibrationErrors,
  mirroredErrors,
  sumUncertain,
  type UncertainRows,
} from "#server/stats/estimation/calibration-errors.ts";
import { totalsOf } from "#server/stats/estimation/multiclass.ts";
import { type ExpectedBins, expectedBins, type ScoreBins, sumExpected } from "#server/stats/estimation/score-bins.ts";
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
  /** Of these rows, by group of confidences: how uncertain their calibration is. */
  uncertain: readonly UncertainRows[];
}

/** Applies the calibration of a version to its scores. Without labels on the reference, scores are taken to be calibrated. */
export function expectationOf(
  scores: ReadonlyMap<string, ScoreBins>,
  calibration: Pick<Calibration, "maps" | "groups"> | null,
  { taskKind, isMirrored }: Pick<Reading, "taskKind" | "isMirrored">,
): Expectation {
  const expectedOf = (key: string, bins: ScoreBins) =>
    expectedBins(bins, calibration?.maps[key], errorsOf(calibration, key));
  if (taskKind === "binary") {
    const bins = scores.get("");
    const expected = bins ? expectedOf("", bins) : null;
    return { ...nothing, bins: expected && isMirrored ? mirrored(expected) : expected };
  }
  const all = [...scores].filter(([key]) => key !== "");
  return addExpectations(
    all.map(([key, bins]) => {
      const expected = expectedOf(key, bins);
      return { bins: null, ...totalsOf(expected), uncertain: expected.uncertain.map(byGroup) };
    }),
  );
}

/** Adds up the expectations of different predictions. */
export function addExpectations(all: readonly Expectation[]): Expectation {
  const sum = (key: "rows" | "right" | "variance") => all.reduce((total, one) => total + one[key], 0);
  return {
    bins: sumExpected(all.flatMap(({ bins }) => bins ?? [])) ?? null,
    rows: sum("rows"),
    right: sum("right"),
    variance: sum("variance"),
    uncertain: sumUncertain(all.map(({ uncertain }) => uncertain)),
  };
}

const nothing: Expectation = { bins: null, rows: 0, right: 0, variance: 0, uncertain: [] };

/** Errors of a reference are one object, by which those of several windows are recognised as the same. */
const errorsByGroups = new WeakMap<CalibrationGroups, CalibrationErrors>();
const mirroredByErrors = new WeakMap<CalibrationErrors, CalibrationErrors>();

function errorsOf(calibration: Pick<Calibration, "maps" | "groups"> | null, key: string): CalibrationErrors | null {
  const groups = calibration?.groups?.[key];
  if (!groups) return null;
  const errors = errorsByGroups.get(groups) ?? calibrationErrors(groups, calibration.maps[key] !== undefined);
  errorsByGroups.set(groups, errors);
  return errors;
}

function mirroredOf(errors: CalibrationErrors): CalibrationErrors {
  const found = mirroredByErrors.get(errors) ?? mirroredErrors(errors);
  mirroredByErrors.set(errors, found);
  return found;
}

function mirrored({ count, sum, sumSquares, positive, variance, uncertain }: ExpectedBins): ExpectedBins {
  return {
    count: count.toReversed(),
    sum: sum.map((total, bin) => (count[bin] as number) - total).reverse(),
    sumSquares: sumSquares.map((squares, bin) => (count[bin] as number) - 2 * (sum[bin] as number) + squares).reverse(),
    positive: positive.map((hits, bin) => (count[bin] as number) - hits).reverse(),
    variance: variance.toReversed(),
    uncertain: uncertain.map(({ errors, count }) => ({ errors: mirroredOf(errors), count: count.toReversed() })),
  };
}
