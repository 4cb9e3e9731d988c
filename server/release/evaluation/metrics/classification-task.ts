import { calibrationOf } from "#server/stats/evaluation/calibration-metrics.ts";
import {
  classificationIntervals,
  classificationMetrics,
  countConfusion,
  topK,
} from "#server/stats/evaluation/classification.ts";
import { rankedCurves } from "#server/stats/evaluation/curves.ts";
import { perfectCalibration } from "#server/stats/evaluation/perfect-calibration.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric, EvaluationPanels } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { meanMetric } from "./mean-metric.ts";
import { type EvaluationMetricId, metricOf } from "./metric-catalogue.ts";
import { runColumns } from "./run-columns.ts";
import type { Pairing, Selected, TaskMetrics } from "./task-metrics.ts";

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

  const measure = (rows: Selected, isComplete: boolean): EvaluationMetric[] => {
    const confusion = countConfusion(truth, answer, classes, { weights, rows });
    const found = classificationMetrics(confusion);
    const bands = isComplete && !weights && found.rows > 0 ? classificationIntervals(confusion) : null;
    const ofCells = (id: "balancedAccuracy" | "macroF1" | "weightedF1" | "kappa" | "mcc") =>
      metricOf(id, { value: found[id], interval: bands?.[id] ?? null, method: "bootstrap" });
    const sure = isComplete && hasProbabilities ? ofProbabilities(set, run, columns) : [];
    const losses = hasProbabilities ? [meanMetric("logLoss", columns, columns.loss, { rows, weights, clusters })] : [];
    return [
      metricOf("accuracy", { value: found.accuracy, interval: found.accuracyInterval, method: "Wilson" }),
      ofCells("balancedAccuracy"),
      ofCells("macroF1"),
      ofCells("weightedF1"),
      ofCells("kappa"),
      ofCells("mcc"),
      ...(isTwoClasses ? ofPositive(found) : []),
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

/** Precision, recall and F1 of the class to be found, of two. */
function ofPositive({ classes }: ReturnType<typeof classificationMetrics>): EvaluationMetric[] {
  const positive = classes[1];
  if (!positive) return [];
  return [
    metricOf("precision", { value: positive.precision, interval: positive.precisionInterval, method: "Wilson" }),
    metricOf("recall", { value: positive.recall, interval: positive.recallInterval, method: "Wilson" }),
    metricOf("f1", { value: positive.f1 }),
  ];
}

/** Areas under the curves of the class to be found, of two. */
function ranked(set: SetRows, columns: RowColumns, rows: Selected): EvaluationMetric[] {
  const { scores, outcomes } = scoredRows(set, columns, rows);
  const { rocAuc, rocAucInterval, averagePrecision, averagePrecisionInterval } = rankedCurves(scores, outcomes);
  return [
    metricOf("rocAuc", { value: rocAuc, interval: rocAucInterval, method: "jackknife" }),
    metricOf("averagePrecision", { value: averagePrecision, interval: averagePrecisionInterval, method: "jackknife" }),
  ];
}

/** Brier score and calibration error; of more than two classes the share of the most probable ones, too. */
function ofProbabilities(set: SetRows, run: RunRows, columns: RowColumns): EvaluationMetric[] {
  const truth = set.columns.truth as Uint16Array;
  const classes = set.head.classes.length;
  const probabilities = run.columns.probabilities as Float32Array | undefined;
  if (run.head.isTwoClasses) {
    const { scores, outcomes } = scoredRows(set, columns, null);
    const { brier, ece } = calibrationOf(scores, outcomes);
    return [metricOf("brier", { value: brier }), metricOf("calibrationError", { value: ece })];
  }
  const confidence = confidences(columns);
  const { ece } = calibrationOf(confidence.scores, confidence.outcomes);
  const error = metricOf("calibrationError", { value: ece });
  if (!probabilities || columns.answer.includes(failedAnswer)) return [error];
  const tops = ([3, 5] as const)
    .filter((k) => k < classes)
    .map((k) => {
      const { share, interval } = topK(truth, probabilities, classes, k);
      return metricOf(`top${k}`, { value: share, interval, method: "Wilson" });
    });
  return [metricOf("brier", { value: brierOf(probabilities, truth, classes) }), error, ...tops];
}

/** Mean over rows of the squared distances of all classes. */
function brierOf(probabilities: Float32Array, truth: Uint16Array, classes: number): number {
  let sum = 0;
  for (let at = 0; at < probabilities.length; at += 1) {
    const actual = truth[Math.floor(at / classes)] === at % classes ? 1 : 0;
    sum += ((probabilities[at] as number) - actual) ** 2;
  }
  return sum / truth.length;
}

interface Scored {
  scores: Float64Array;
  outcomes: Uint8Array;
}

/** Probabilities of the class to be found, of two, and whether it is the label. */
function scoredRows(set: SetRows, { answer, score }: RowColumns, rows: Selected): Scored {
  const truth = set.columns.truth as Uint16Array;
  return collect(answer, rows, (row) => [score[row] as number, truth[row] === 1 ? 1 : 0]);
}

/** Probabilities of predictions, and whether they are correct. */
function confidences({ answer, score, correct }: RowColumns): Scored {
  return collect(answer, null, (row) => [score[row] as number, correct[row] as number]);
}

function collect(answer: Uint16Array, rows: Selected, of: (row: number) => [number, number]): Scored {
  const found: [number, number][] = [];
  const count = rows ? rows.length : answer.length;
  for (let at = 0; at < count; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    if (answer[row] !== failedAnswer) found.push(of(row));
  }
  return {
    scores: Float64Array.from(found, ([score]) => score),
    outcomes: Uint8Array.from(found, ([, outcome]) => outcome),
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
  const { scores, outcomes } = run.head.isTwoClasses ? scoredRows(set, columns, null) : confidences(columns);
  const { ece, bins } = calibrationOf(scores, outcomes);
  const chance = perfectCalibration(scores);
  if (ece === null || !chance) return null;
  return {
    bins: bins.map(({ meanScore, share, interval, rows }) => ({ score: meanScore, rate: share, interval, rows })),
    chanceMean: chance.mean,
    chanceLimit: chance.limit,
    isMiscalibrated: ece > chance.limit,
  };
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
    byClass: classes.map((name, index) => ({ name, ...(found[index] as (typeof found)[number]) })),
    calibration: calibrationPanel(set, run, columns),
    curves: curvesPanel(set, run, columns),
  };
}
