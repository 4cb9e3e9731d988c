import { errorOfPoints, reliability } from "#server/stats/estimation/reliability.ts";
import { confusionMetrics } from "#server/stats/quality/confusion.ts";
import { bestCutOff, cutOffCurve } from "#server/stats/quality/thresholds.ts";
import { minRows } from "../../contract.ts";
import type { QualityCounts } from "../counts/contract.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import type { QualityDetail } from "../detail/contract.ts";
import { addExpectations } from "../measures/expectation.ts";
import { confusionOf, realisedMetrics, scoredOutcomes } from "../measures/realised.ts";
import { qualityMetrics } from "../metrics/constants.ts";
import type { QualityFacts } from "./facts.ts";
import { estimatedOf, matureSpans } from "./windows.ts";

/** Classes of a matrix that can be read on a screen. */
const maxClasses = 30;

/** Returns all metrics, classes, the confusion matrix, calibration and the slider, for predictions with complete labels. */
export function detailOf(facts: QualityFacts): QualityDetail {
  const { reading, settings } = facts;
  const mature = matureSpans(facts);
  const counts = mergeCounts(mature.map((one) => one.counts));
  const realised = realisedMetrics(counts, reading);
  const estimated = estimatedOf(facts, true);
  const { classes, rows } = confusionMetrics(confusionOf(counts));
  const bySupport = classes.toSorted((a, b) => b.support - a.support);
  const shown = new Set(bySupport.slice(0, maxClasses).map(({ name }) => name));
  return {
    taskKind: reading.taskKind,
    metrics: qualityMetrics.flatMap((metric) => {
      const [actual, expected] = [realised[metric] ?? null, estimated[metric] ?? null];
      return actual || expected ? [{ metric, realised: actual, estimated: expected }] : [];
    }),
    rows: rows + (counts.errors?.count ?? 0),
    classes: bySupport,
    confusion: counts.confusion
      .filter(([truth, answer]) => shown.has(truth) && shown.has(answer))
      .map(([truth, answer, count]) => ({ truth, answer, count })),
    hiddenClasses: Math.max(0, bySupport.length - maxClasses),
    calibration: calibrationOf(facts, counts),
    thresholds: cutOffsOf(facts, counts),
    positive: reading.taskKind === "binary" ? reading.positive : null,
    cutOff: settings.cutOff,
    cellValues: settings.cellValues,
    logLoss: counts.scored > 0 ? counts.logLoss / counts.scored : null,
    brier: counts.scored > 0 ? counts.squaredError / counts.scored : null,
  };
}

function calibrationOf({ reading }: QualityFacts, counts: QualityCounts): QualityDetail["calibration"] {
  const bins = reading.taskKind === "binary" ? scoredOutcomes(counts, reading) : confidences(counts, reading);
  if (!bins) return null;
  const points = reliability(bins);
  const error = errorOfPoints(points);
  return error === null ? null : { points, error };
}

/** Confidences of all classes together: whether "90% sure" is right nine times of ten. */
function confidences(counts: QualityCounts, reading: QualityFacts["reading"]) {
  const cells = Object.entries(counts.scores).flatMap(([key, of]) =>
    key === "" ? [] : [{ ...counts, scores: { "": of }, splitScores: { "": counts.splitScores?.[key] ?? [] } }],
  );
  if (cells.length === 0) return undefined;
  return scoredOutcomes(mergeCounts(cells), { ...reading, isMirrored: false });
}

/** Computes thresholds from labels if there are enough, else from the expectation for all predictions. */
function cutOffsOf(facts: QualityFacts, counts: QualityCounts): QualityDetail["thresholds"] {
  if (facts.reading.taskKind !== "binary") return null;
  const values = facts.settings.cellValues;
  const bins = scoredOutcomes(counts, facts.reading);
  const rows = bins?.count.reduce((sum, count) => sum + count, 0) ?? 0;
  const expected = addExpectations([...facts.expectations.steps.values()]).bins;
  const isRealised = bins !== undefined && rows >= minRows;
  const of = isRealised ? { ...bins, variance: new Float64Array(bins.count.length), uncertain: [] } : expected;
  if (!of) return null;
  const curve = cutOffCurve(of, values);
  return { basis: isRealised ? "labels" : "estimate", curve, best: bestCutOff(curve)?.cutOff ?? null };
}
