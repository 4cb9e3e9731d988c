import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import { chiSquareQuantile } from "#server/stats/chi-square.ts";
import type { CalibratedTest } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { chiSquareLine } from "#server/stats/drift/calibrated/distances.ts";

/** Evaluated feature of one window. */
export interface EvaluatedFeature {
  feature: string;
  referenceRows: number;
  rows: number;
  test: CalibratedTest;
  /** PSI net of noise below which a difference is too small to matter. */
  materialityFloor: number;
  /** The user's budget of false alarms: weeks to one of them, or in words where nothing is watched over time. */
  weeksPerFalseAlarm: number | string;
}

/** A score beside it, with the fixed threshold that its library has for windows of any size. */
export interface FixedScore {
  method: string;
  kind: "p-value" | "distance";
  score: number;
  threshold: number;
  isDrift: boolean;
}

/** The word of a feature (docs/spec/drift.md section 14). */
export type DriftWord =
  | "changed"
  | "different, but too small to matter"
  | "about the same"
  | "cannot be tested"
  | "not enough data";

/** Returns the calibrated verdict with the materiality floor (docs/spec/drift.md section 6.9): only "changed" opens a ticket. */
export function driftWord({ test, materialityFloor }: Pick<EvaluatedFeature, "test" | "materialityFloor">): DriftWord {
  if (test.method === "too-few-rows") return "not enough data";
  if (test.method === "no-test") return "cannot be tested";
  if (!test.isDrift) return "about the same";
  return (test.psiNet ?? Number.POSITIVE_INFINITY) >= materialityFloor
    ? "changed"
    : "different, but too small to matter";
}

/** Describes a feature of a window in one sentence, with every number that determined the verdict. */
export function featureSentence(evaluated: EvaluatedFeature): string {
  const { feature, rows, referenceRows, test } = evaluated;
  switch (driftWord(evaluated)) {
    case "not enough data":
      return tooFewRows(Math.min(rows, referenceRows));
    case "different, but too small to matter":
      return `\`${feature}\` differs (${chance(test.pValue)}) by about ${formatSignificant(Math.sqrt(test.psiNet ?? 0), 2)} standard deviations: too small to matter.`;
    case "cannot be tested":
      return `\`${feature}\` cannot be tested: nearly all values are alike, or each is rare.`;
    case "changed":
      if (test.statistic <= test.line) return movedSentence(evaluated);
      return `\`${feature}\` changed: ${scaleName(test)} ${shownValue(test.statistic, test)} exceeds this window's threshold of ${shownValue(test.line, test)} (${formatCount(referenceRows)} reference rows, ${formatCount(rows)} rows in the window, ${budget(evaluated.weeksPerFalseAlarm)}).`;
    default:
      if (test.method === "constant") return `\`${feature}\` has the same single value on both sides.`;
      return `\`${feature}\` is about the same: ${scaleName(test)} ${shownValue(test.statistic, test)}${Number.isFinite(test.line) ? `, below this window's threshold of ${shownValue(test.line, test)}` : ""}.`;
  }
}

/** Standard errors from which values are said to be larger or smaller. */
const clearShift = 2;

/** Describes what the ordered test found: "its values are larger". @param shift of the ranks, in standard errors */
export function describeShift(shift: number): string {
  if (Math.abs(shift) < clearShift) return "its values are spread differently";
  return shift > 0 ? "its values are larger" : "its values are smaller";
}

/** Describes a change that PSI alone would not have reported: it knows no order of the bins. */
function movedSentence({ feature, rows, referenceRows, test, weeksPerFalseAlarm }: EvaluatedFeature): string {
  const moved = describeShift(test.ordered?.shift ?? 0);
  const p = chance(test.ordered?.pValue ?? test.pValue);
  return `\`${feature}\` changed: ${moved} (${p} by their order, ${formatCount(referenceRows)} reference rows, ${formatCount(rows)} rows in the window, ${budget(weeksPerFalseAlarm)}); PSI alone, ${shownValue(test.statistic, test)}, is below its threshold of ${shownValue(test.line, test)}.`;
}

/**
 * Explains in one or two sentences why the calibrated verdict and a fixed threshold disagree (docs/spec/drift.md section 14).
 * @returns undefined where they agree.
 */
export function disagreement(
  evaluated: EvaluatedFeature,
  fixed: FixedScore,
  library = "Evidently",
): string | undefined {
  const { test } = evaluated;
  if (test.method === "too-few-rows")
    return fixed.isDrift
      ? `${library} reports drift (${scored(fixed)}). ${tooFewRows(Math.min(evaluated.rows, evaluated.referenceRows))}`
      : undefined;
  if (test.method === "no-test")
    return fixed.isDrift ? `${library} reports drift (${scored(fixed)}). ${featureSentence(evaluated)}` : undefined;
  if (test.isDrift === fixed.isDrift) return undefined;
  if (fixed.method === "chisquare") return ofChiSquare(evaluated, fixed, library);
  return test.isDrift ? missedByFixed(evaluated, fixed, library) : onlyByFixed(evaluated, fixed, library);
}

/** Describes Evidently's chi-square, which treats the reference as exact. */
function ofChiSquare({ referenceRows, test }: EvaluatedFeature, fixed: FixedScore, library: string): string {
  return `${library}'s chi-squared test treats the ${formatCount(referenceRows)} reference rows as exact (${chance(fixed.score)}). A proper two-sample test gives ${chance(test.pValue)}.`;
}

function missedByFixed(evaluated: EvaluatedFeature, fixed: FixedScore, library: string): string {
  const { test } = evaluated;
  const first = featureSentence(evaluated);
  if (driftWord(evaluated) !== "changed") return `${first} ${library} does not report it (${scored(fixed)}).`;
  const suits =
    fixed.method === "psi" && test.statistic > test.line ? rowsForLine(evaluated, fixed.threshold) : undefined;
  const because = suits ? `: that value is suited to windows of about ${formatCount(roughly(suits))} rows here` : "";
  const not =
    fixed.kind === "distance"
      ? `${library}'s fixed ${fixed.threshold} would not report it`
      : `${library} does not report it (${scored(fixed)})`;
  return `${first} ${not}${because}.`;
}

function onlyByFixed(evaluated: EvaluatedFeature, fixed: FixedScore, library: string): string {
  const { rows, referenceRows, test } = evaluated;
  const said = `${library} reports drift (${scored(fixed)}), Leeway does not`;
  if (!Number.isFinite(test.line) || test.degrees === 0)
    return `${said}: ${scaleName(test)} is ${shownValue(test.statistic, test)}.`;
  const more = rows * 4;
  const later = chiSquareLine({ reference: referenceRows, current: more }, test.degrees, alphaBehind(evaluated));
  if (fixed.method !== "psi")
    return `${said}: ${fixed.method} uses one threshold for every window size, but with ${formatCount(rows)} rows ${scaleName(test)} up to ${shownValue(test.line, test)} is normal (here ${shownValue(test.statistic, test)}).`;
  return `${said}: with only ${formatCount(rows)} rows, values up to ${shownValue(test.line, test)} are normal. At ${formatCount(more)} rows the threshold would be ${shownValue(later, test)}.`;
}

/**
 * Computes α from the threshold itself, so that it need not be passed along: the threshold is (1/n + 1/m) · χ²(1 − α), or simulated
 * close to it.
 */
function alphaBehind({ referenceRows, rows, test }: EvaluatedFeature): number {
  const t = test.line / (1 / referenceRows + 1 / rows);
  let [low, high] = [1e-12, 0.5];
  for (let round = 0; round < 60; round += 1) {
    const middle = Math.sqrt(low * high);
    if (chiSquareQuantile(middle, test.degrees) > t) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** Computes the number of rows at which the threshold equals a fixed one: m with (1/n + 1/m) χ² = threshold; undefined if there is none. */
function rowsForLine({ referenceRows, rows, test }: EvaluatedFeature, threshold: number): number | undefined {
  const quantile = test.line / (1 / referenceRows + 1 / rows);
  const rest = threshold / quantile - 1 / referenceRows;
  return Number.isFinite(quantile) && rest > 0 ? Math.round(1 / rest) : undefined;
}

/** Describes a window with too few rows, for example "37 rows: at least 50 needed for a result." */
export function tooFewRows(rows: number): string {
  return `${formatCount(rows)} ${rows === 1 ? "row" : "rows"}: at least 50 needed for a result.`;
}

/**
 * Returns a warning when a window is larger than a tenth of its reference (docs/spec/drift.md section 6.7); undefined when the reference
 * is large enough.
 */
export function smallReference({ referenceRows, rows }: { referenceRows: number; rows: number }): string | undefined {
  if (referenceRows >= 10 * rows) return undefined;
  return `The reference (${formatCount(referenceRows)} rows) is small for this window (${formatCount(rows)} rows); the same feature may trigger repeated alerts.`;
}

/** Returns a note when windows of the reference vary more than independent rows would (docs/spec/drift.md section 6.8). */
export function dispersionSentence(feature: string, phi: number): string | undefined {
  return phi > 2
    ? `\`${feature}\`: windows vary ${formatSignificant(phi, 2)} times as much as independent rows would.`
    : undefined;
}

/** Rounds to two digits, for an approximate number of rows. */
function roughly(rows: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return Math.round(rows / unit) * unit;
}

function scaleName({ degrees }: CalibratedTest): string {
  return degrees > 0 ? "PSI" : "the share of rows,";
}

function shownValue(value: number, { degrees }: CalibratedTest): string {
  return degrees > 0 ? formatSignificant(value, 2) : percent(value);
}

function scored({ method, kind, score, threshold, isDrift }: FixedScore): string {
  if (kind === "p-value") return `${method} ${chance(score)}`;
  return `${method === "psi" ? "PSI" : method} ${formatSignificant(score, 2)} ${isDrift ? "≥" : "<"} ${threshold}`;
}

function chance(pValue: number): string {
  return pValue < 1e-4 ? "p < 0.0001" : `p = ${formatSignificant(pValue, 2)}`;
}

function budget(weeks: number | string): string {
  if (typeof weeks === "string") return weeks;
  return `at most one false alarm per ${weeks === 1 ? "week" : `${formatSignificant(weeks, 3)} weeks`}`;
}
