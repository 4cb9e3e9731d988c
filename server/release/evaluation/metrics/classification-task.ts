import { formatCount } from "#server/base/format-number.ts";
import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { calibrationOf, equalWidthBin } from "#server/stats/evaluation/calibration-metrics.ts";
import {
  classificationIntervals,
  classificationMetrics,
  countConfusion,
} from "#server/stats/evaluation/classification.ts";
import { rankedCurves } from "#server/stats/evaluation/curves.ts";
import { perfectCalibration } from "#server/stats/evaluation/perfect-calibration.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { EvaluationMetric, EvaluationPanels } from "../contract.ts";
import { maxProbabilities, type RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { clusteredInterval } from "./clustered-interval.ts";
import { meanMetric } from "./mean-metric.ts";
import { metricOf } from "./metric-catalogue.ts";
import { runColumns } from "./run-columns.ts";
import { type ProbabilitySums, probabilitySums } from "./summarize-probabilities.ts";
import type { Pairing, Selected, TaskMetrics } from "./task-metrics.ts";

/** What segments have only where it is asked for. */
const metricsOfProbabilities: readonly EvaluationMetricId[] = ["brier", "calibrationError", "top3", "top5"];

/** Measures classes: accuracy, what depends on the confusion matrix, and losses (docs/spec/evaluation.md section 2). */
export function classificationTask(set: SetRows, run: RunRows): TaskMetrics {
  const columns = runColumns(run);
  const truth = set.columns.truth as Uint16Array;
  const classes = set.head.classes.length;
  const weights = (set.columns.weight as Float32Array | undefined) ?? null;
  const clusters = (set.columns.cluster as Uint32Array | undefined) ?? null;
  const { isTwoClasses, areProbabilities } = run.head;
  const hasProbabilities = areProbabilities === true;
  // An answer that is no class of the set is incorrect, and no other class is to blame.
  const answer = columns.answer.map((value) => (value < classes ? value : failedAnswer));

  const measure = (rows: Selected, isComplete: boolean, only?: EvaluationMetricId): EvaluationMetric[] => {
    const confusion = countConfusion(truth, answer, classes, { weights, rows });
    const found = classificationMetrics(confusion);
    // Only shares and means are resampled by entity; others have no interval where rows share some.
    const bands = isComplete && !weights && !clusters && found.rows > 0 ? classificationIntervals(confusion) : null;
    const shares = clusters && !weights ? { columns, truth, answer, rows, clusters } : null;
    const ofCells = (id: "balancedAccuracy" | "macroF1" | "weightedF1" | "kappa" | "mcc") =>
      metricOf(id, { value: found[id], interval: bands?.[id] ?? null, method: "bootstrap" });
    const isSureWanted = isComplete || (only !== undefined && metricsOfProbabilities.includes(only));
    const sure = isSureWanted && hasProbabilities ? ofProbabilities(set, run, columns, rows) : [];
    const losses = hasProbabilities ? [meanMetric("logLoss", columns, columns.loss, { rows, weights, clusters })] : [];
    return [
      shares
        ? metricOf("accuracy", { value: found.accuracy, interval: accuracyByEntity(shares), method: "bootstrap" })
        : metricOf("accuracy", { value: found.accuracy, interval: found.accuracyInterval, method: "Wilson" }),
      ofCells("balancedAccuracy"),
      ofCells("macroF1"),
      ofCells("weightedF1"),
      ofCells("kappa"),
      ofCells("mcc"),
      ...(isTwoClasses ? ofPositive(found, shares) : []),
      ...(isTwoClasses && hasProbabilities ? ranked(set, columns, rows) : []),
      ...losses,
      ...sure,
    ];
  };
  return {
    measure,
    panels: () => panelsOf(set, { columns, answer, weights, run }),
    pairing: {
      columns: weights ? { ...columns, parts: weightedParts(columns, weights) } : columns,
      truth,
      classes,
      clusters,
      metrics: weights ? weightedMetrics(hasProbabilities) : pairedMetrics(isTwoClasses, hasProbabilities),
      unitsOf: (rows) => rows,
    },
  };
}

/** Rows that share entities. */
interface Shared {
  columns: RowColumns;
  truth: Uint16Array;
  answer: Uint16Array;
  rows: Selected;
  clusters: Uint32Array;
}

function accuracyByEntity({ columns, ...selected }: Shared) {
  return clusteredInterval(
    columns,
    { numerator: (row) => columns.correct[row] as number, isOfAnswered: false },
    selected,
  );
}

/** Precision, recall and F1 of the class to be found, of two. */
function ofPositive({ classes }: ReturnType<typeof classificationMetrics>, shared: Shared | null): EvaluationMetric[] {
  const positive = classes[1];
  if (!positive) return [];
  const { precision, recall, f1 } = positive;
  if (!shared) {
    return [
      metricOf("precision", { value: precision, interval: positive.precisionInterval, method: "Wilson" }),
      metricOf("recall", { value: recall, interval: positive.recallInterval, method: "Wilson" }),
      metricOf("f1", { value: f1 }),
    ];
  }
  const { columns, truth, answer, ...selected } = shared;
  const actual = (row: number) => Number(truth[row] === 1);
  const said = (row: number) => Number(answer[row] === 1);
  const both = (row: number) => actual(row) * said(row);
  const by = (numerator: (row: number) => number, denominator: (row: number) => number) =>
    clusteredInterval(columns, { numerator, denominator, isOfAnswered: false }, selected);
  return [
    metricOf("precision", { value: precision, interval: by(both, said), method: "bootstrap" }),
    metricOf("recall", { value: recall, interval: by(both, actual), method: "bootstrap" }),
    metricOf("f1", {
      value: f1,
      interval: by(
        (row) => 2 * both(row),
        (row) => actual(row) + said(row),
      ),
      method: "bootstrap",
    }),
  ];
}

/** Areas under the curves of the class to be found, of two. */
function ranked(set: SetRows, columns: RowColumns, rows: Selected): EvaluationMetric[] {
  const { scores, outcomes } = scoredRows(set, columns, rows);
  const { rocAuc, averagePrecision, ...curves } = rankedCurves(scores, outcomes);
  // Both are those of independent rows.
  const isPlain = !set.columns.cluster;
  const ofRoc = isPlain ? curves.rocAucInterval : null;
  const ofPrecision = isPlain ? curves.averagePrecisionInterval : null;
  return [
    metricOf("rocAuc", { value: rocAuc, interval: ofRoc, method: "jackknife" }),
    metricOf("averagePrecision", { value: averagePrecision, interval: ofPrecision, method: "jackknife" }),
  ];
}

/** Brier score and calibration error; of more than two classes the share of the most probable ones, too. */
function ofProbabilities(set: SetRows, run: RunRows, columns: RowColumns, rows: Selected): EvaluationMetric[] {
  const classes = set.head.classes.length;
  const weights = (set.columns.weight as Float32Array | undefined) ?? null;
  const note = weights ? "Rows count the same, whatever their weight." : null;
  if (run.head.isTwoClasses) {
    const { scores, outcomes } = scoredRows(set, columns, rows);
    const { brier, ece } = calibrationOf(scores, outcomes);
    return [metricOf("brier", { value: brier, note }), metricOf("calibrationError", { value: ece, note })];
  }
  const confidence = confidences(columns, rows);
  const { ece } = calibrationOf(confidence.scores, confidence.outcomes);
  const error = metricOf("calibrationError", { value: ece, note });
  const tops = ([3, 5] as const).filter((k) => k < classes);
  const sums = probabilitySums(set, run);
  if (!sums) {
    const note = lackOfSums(set);
    const ids = ["brier", ...tops.map((k) => `top${k}` as const)] as const;
    const [brier, ...shares] = ids.map((id) => metricOf(id, { value: null, note }));
    return [brier as EvaluationMetric, error, ...shares];
  }
  const shares = tops.map((k) => {
    const { share, interval } = topShare(columns, sums, k, rows);
    return metricOf(`top${k}`, {
      value: share,
      interval: set.columns.cluster ? null : interval,
      method: "Wilson",
      note,
    });
  });
  return [metricOf("brier", { value: brierOf(columns, sums, weights, rows) }), error, ...shares];
}

/** Says why a run has no sums of probabilities. */
function lackOfSums(set: SetRows): string {
  const classes = set.head.classes.length;
  return set.rows * classes > maxProbabilities
    ? `${formatCount(set.rows)} rows of ${classes} classes have too many probabilities for it.`
    : "An earlier release evaluated this version and did not store what it needs. Evaluate the version again.";
}

/**
 * Share of rows whose class is among the k most probable ones, of equal ones the smallest first. A row without an answer is incorrect, and classes that the
 * set lacks count.
 */
function topShare({ answer }: RowColumns, { before }: ProbabilitySums, k: number, rows: Selected) {
  const count = rows ? rows.length : answer.length;
  if (count === 0) return { share: null, interval: null };
  let hits = 0;
  for (let at = 0; at < count; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    if (answer[row] !== failedAnswer && (before[row] as number) < k) hits += 1;
  }
  const share = hits / count;
  return { share, interval: wilsonInterval({ share, count }) };
}

/** Mean over answered rows of the squared distances of all classes, those included that no row of the set has. */
function brierOf(
  { answer }: RowColumns,
  { squares }: ProbabilitySums,
  weights: Float32Array | null,
  rows: Selected,
): number | null {
  const count = rows ? rows.length : answer.length;
  let [sum, total] = [0, 0];
  for (let at = 0; at < count; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    if (answer[row] === failedAnswer) continue;
    const weight = weights ? (weights[row] as number) : 1;
    sum += weight * (squares[row] as number);
    total += weight;
  }
  return total > 0 ? sum / total : null;
}

interface Scored {
  scores: Float64Array;
  outcomes: Uint8Array;
  /** Rows that have these. */
  from: Uint32Array;
}

/** Probabilities of the class to be found, of two, and whether it is the label. */
function scoredRows(set: SetRows, { answer, score }: RowColumns, rows: Selected): Scored {
  const truth = set.columns.truth as Uint16Array;
  return collect(answer, rows, (row) => [score[row] as number, truth[row] === 1 ? 1 : 0]);
}

/** Probabilities of predictions, and whether they are correct. */
function confidences({ answer, score, correct }: RowColumns, rows: Selected): Scored {
  return collect(answer, rows, (row) => [score[row] as number, correct[row] as number]);
}

function collect(answer: Uint16Array, rows: Selected, of: (row: number) => [number, number]): Scored {
  const count = rows ? rows.length : answer.length;
  const [scores, outcomes, from] = [new Float64Array(count), new Uint8Array(count), new Uint32Array(count)];
  let found = 0;
  for (let at = 0; at < count; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    if (answer[row] === failedAnswer) continue;
    [scores[found], outcomes[found]] = of(row);
    from[found++] = row;
  }
  return {
    scores: scores.subarray(0, found),
    outcomes: outcomes.subarray(0, found),
    from: from.subarray(0, found),
  };
}

/** Weighted shares and means are ratios of sums; metrics of the confusion matrix are compared without weights only. */
function weightedMetrics(hasProbabilities: boolean): Pairing["metrics"] {
  const mean = (part: string) => ({
    name: "ratio" as const,
    ratio: { numerator: { [part]: 1 }, denominator: { weight: 1 } },
  });
  return { accuracy: mean("hits"), ...(hasProbabilities && { logLoss: mean("loss") }) };
}

function weightedParts({ answer, correct, loss }: RowColumns, weights: Float32Array): Record<string, Float32Array> {
  return {
    weight: weights,
    hits: weights.map((weight, row) => weight * (correct[row] as number)),
    loss: weights.map((weight, row) => (answer[row] === failedAnswer ? 0 : weight * (loss[row] as number))),
  };
}

function pairedMetrics(isTwoClasses: boolean, hasProbabilities: boolean): Pairing["metrics"] {
  const metrics: Pairing["metrics"] = {
    accuracy: { name: "accuracy" },
    balancedAccuracy: { name: "balancedAccuracy" },
    macroF1: { name: "macroF1" },
    weightedF1: { name: "weightedF1" },
    kappa: { name: "kappa" },
    mcc: { name: "mcc" },
  };
  if (isTwoClasses) {
    for (const id of ["precision", "recall", "f1"] as const satisfies EvaluationMetricId[])
      metrics[id] = { name: id, of: 1 };
  }
  if (hasProbabilities) metrics.logLoss = { name: "loss" };
  if (isTwoClasses && hasProbabilities) {
    metrics.rocAuc = { name: "rocAuc" };
    metrics.averagePrecision = { name: "averagePrecision" };
  }
  return metrics;
}

interface Parts {
  columns: RowColumns;
  answer: Uint16Array;
  weights: Float32Array | null;
  run: RunRows;
}

/** Reliability of the probabilities beside what a perfectly calibrated model would show; null without probabilities. */
function calibrationPanel(set: SetRows, run: RunRows, columns: RowColumns) {
  if (run.head.areProbabilities !== true) return null;
  const { scores, outcomes, from } = run.head.isTwoClasses
    ? scoredRows(set, columns, null)
    : confidences(columns, null);
  const { ece, bins } = calibrationOf(scores, outcomes);
  const clusters = set.columns.cluster as Uint32Array | undefined;
  const entities = clusters && from.map((row) => clusters[row] as number);
  const chance = perfectCalibration(entities ? firstOfEach(scores, entities) : scores);
  if (ece === null || !chance) return null;
  const inBins = entities && entitiesOfBins(scores, entities);
  return {
    bins: bins.map(({ meanScore, share, rows }) => {
      const count = inBins?.[equalWidthBin(meanScore, binCount)]?.size ?? rows;
      return { score: meanScore, rate: share, interval: wilsonInterval({ share, count }), rows };
    }),
    chanceMean: chance.mean,
    chanceLimit: chance.limit,
    isMiscalibrated: ece > chance.limit,
  };
}

const binCount = 10;

/** Entities of each bin: with so many independent rows its share would be as certain, if rows of one entity were all alike. */
function entitiesOfBins(scores: Float64Array, entities: Uint32Array): Set<number>[] {
  const bins = Array.from({ length: binCount }, () => new Set<number>());
  for (let at = 0; at < scores.length; at += 1) {
    bins[equalWidthBin(scores[at] as number, binCount)]?.add(entities[at] as number);
  }
  return bins;
}

/** Scores of one row of each entity: rows of one entity may all be alike, so no more is known than that. */
function firstOfEach(scores: Float64Array, entities: Uint32Array): Float64Array {
  const known = new Set<number>();
  return scores.filter((_, at) => {
    const entity = entities[at] as number;
    const isFirst = !known.has(entity);
    known.add(entity);
    return isFirst;
  });
}

function curvesPanel(set: SetRows, run: RunRows, columns: RowColumns) {
  if (!run.head.isTwoClasses || run.head.areProbabilities !== true) return null;
  const { scores, outcomes } = scoredRows(set, columns, null);
  const { roc, precisionRecall } = rankedCurves(scores, outcomes);
  const finite = (threshold: number) => (Number.isFinite(threshold) ? threshold : null);
  return {
    roc: roc.map(({ threshold, falsePositiveRate: x, truePositiveRate: y }) => ({
      x,
      y,
      threshold: finite(threshold),
    })),
    precisionRecall: precisionRecall.map(({ threshold, precision: y, recall: x }) => ({
      x,
      y,
      threshold: finite(threshold),
    })),
  };
}

function panelsOf(set: SetRows, { columns, answer, weights, run }: Parts): EvaluationPanels {
  const count = set.head.classes.length;
  const classes = run.head.classes.slice(0, count);
  const confusion = countConfusion(set.columns.truth as Uint16Array, answer, count, { weights });
  const { classes: found } = classificationMetrics(confusion);
  const rowOf = (label: number) => [
    ...confusion.counts.subarray(label * count, (label + 1) * count),
    confusion.failed[label] ?? 0,
  ];
  return {
    kind: "classification",
    classes,
    confusion: classes.map((_, label) => rowOf(label)),
    byClass: classes.map((name, index) => ({
      name,
      ...(found[index] as (typeof found)[number]),
      ...(set.columns.cluster && { precisionInterval: null, recallInterval: null }),
    })),
    calibration: calibrationPanel(set, run, columns),
    curves: curvesPanel(set, run, columns),
  };
}
