import { ArgumentError, requireFinite, requireSameLength } from "../argument-error.ts";
import { type Random, seededRandom, shuffled } from "../random.ts";
import { type CalibrationGroups, calibrationGroups } from "./calibration-errors.ts";
import { calibrated, fitIsotonic, type IsotonicMap } from "./isotonic.ts";
import { realisedRanking } from "./ranked-metrics.ts";

/** Scores of one key with whether each turned out to be true: 1 or 0. */
export interface CalibrationRows {
  scores: readonly number[] | Float64Array;
  outcomes: readonly number[] | Float64Array;
}

export interface FittedCalibration {
  /** Null where scores are better taken as they are. */
  map: IsotonicMap | null;
  /** Expected calibration error over 10 equal-count bins of held-out rows, from 0 to 1. */
  errorBefore: number;
  errorAfter: number;
}

/** Shape of Calibration of the profiles: a map by key of scores. */
export interface FittedCalibrations {
  maps: Record<string, IsotonicMap>;
  errorBefore: number;
  errorAfter: number;
  /** Labelled rows by groups of scores, by key of scores, those without a map too: how uncertain the calibration is. */
  groups: Record<string, CalibrationGroups>;
}

const splits = 10;
const testShare = 0.1;
/** Knots of a stored map: more say nothing that bins of scores could tell. */
const maxKnots = 1024;

/**
 * Computes the mean distance between probability and label over bins of equal counts of rows: Σ (n_b / n)·|mean p − mean y|
 * (docs/spec/drift.md section 11.3).
 * @returns 0 for no rows
 */
export function calibrationError(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>, bins = 10): number {
  const count = probabilities.length;
  const order = Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
  let error = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const [start, end] = [Math.floor((bin * count) / bins), Math.floor(((bin + 1) * count) / bins)];
    let difference = 0;
    for (const at of order.slice(start, end)) difference += (probabilities[at] as number) - (outcomes[at] as number);
    error += Math.abs(difference);
  }
  return count === 0 ? 0 : error / count;
}

/**
 * Fits the isotonic map of scores to labels, if it helps: ten stratified random splits hold out a tenth, and the error of held-out
 * rows must decrease (docs/spec/drift.md section 11.3). Seeded, so that the same rows give the same map. Nothing is fitted if a class
 * is absent, or if the AUC is above 0.999: there are too few mistakes to learn from.
 * @throws ArgumentError for scores that are not finite, and outcomes other than 0 and 1
 */
export function fitCalibration({ scores, outcomes }: CalibrationRows, seed = 11): FittedCalibration {
  requireRows(scores, outcomes);
  const before = Float64Array.from(scores, (score) => calibrated(score));
  const errorOfAll = calibrationError(before, outcomes);
  const { rocAuc } = realisedRanking({ scores, outcomes });
  if (rocAuc === null || rocAuc > 0.999) return { map: null, errorBefore: errorOfAll, errorAfter: errorOfAll };
  const random = seededRandom(seed);
  const held: { raw: number[]; mapped: number[]; truth: number[] } = { raw: [], mapped: [], truth: [] };
  for (let split = 0; split < splits; split += 1) {
    const isTest = stratifiedTest(outcomes, random);
    const train = Array.from(outcomes.keys()).filter((at) => !isTest[at]);
    const map = fitIsotonic(
      train.map((at) => scores[at] as number),
      train.map((at) => outcomes[at] as number),
    );
    isTest.forEach((is, at) => {
      if (!is) return;
      held.raw.push(before[at] as number);
      held.mapped.push(calibrated(scores[at] as number, map));
      held.truth.push(outcomes[at] as number);
    });
  }
  const errorBefore = calibrationError(held.raw, held.truth);
  const errorAfter = calibrationError(held.mapped, held.truth);
  if (held.truth.length === 0 || errorBefore <= errorAfter) return { map: null, errorBefore, errorAfter };
  return { map: thinned(fitIsotonic(scores, outcomes)), errorBefore, errorAfter };
}

/** Fits each key of scores separately. Errors are the means over rows. @returns null without rows */
export function fitCalibrations(rowsByKey: ReadonlyMap<string, CalibrationRows>): FittedCalibrations | null {
  const maps: Record<string, IsotonicMap> = {};
  const groups: Record<string, CalibrationGroups> = {};
  let [rows, before, after] = [0, 0, 0];
  for (const [key, of] of rowsByKey) {
    const { map, errorBefore, errorAfter } = fitCalibration(of);
    if (map) maps[key] = map;
    if (of.scores.length > 0) groups[key] = calibrationGroups(of, map);
    rows += of.scores.length;
    before += errorBefore * of.scores.length;
    after += (map ? errorAfter : errorBefore) * of.scores.length;
  }
  return rows > 0 ? { maps, groups, errorBefore: before / rows, errorAfter: after / rows } : null;
}

function requireRows(scores: ArrayLike<number>, outcomes: ArrayLike<number>): void {
  requireSameLength(scores, outcomes, "Scores and outcomes");
  requireFinite(scores, "Scores");
  for (const outcome of Array.from(outcomes)) {
    if (outcome !== 0 && outcome !== 1) throw new ArgumentError("Outcomes must be 0 or 1.");
  }
}

/** Marks a tenth of each class as the test set, at least one row of each. */
function stratifiedTest(outcomes: ArrayLike<number>, random: Random): boolean[] {
  const isTest = new Array<boolean>(outcomes.length).fill(false);
  for (const value of [0, 1]) {
    const of = Array.from(outcomes as ArrayLike<number>).flatMap((outcome, at) => (outcome === value ? [at] : []));
    const count = Math.max(1, Math.round(of.length * testShare));
    for (const index of shuffled(of.length, random).slice(0, count)) isTest[of[index] as number] = true;
  }
  return isTest;
}

function thinned({ scores, probabilities }: IsotonicMap): IsotonicMap {
  if (scores.length <= maxKnots) return { scores, probabilities };
  const indices = Array.from({ length: maxKnots }, (_, index) =>
    Math.round((index * (scores.length - 1)) / (maxKnots - 1)),
  );
  return {
    scores: indices.map((at) => scores[at] as number),
    probabilities: indices.map((at) => probabilities[at] as number),
  };
}
