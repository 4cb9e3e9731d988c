import {
  classificationIntervals,
  classificationMetrics,
  countConfusion,
} from "#server/stats/evaluation/classification.ts";
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
    const losses = hasProbabilities ? [meanMetric("logLoss", columns, columns.loss, { rows, weights, clusters })] : [];
    return [
      metricOf("accuracy", { value: found.accuracy, interval: found.accuracyInterval, method: "Wilson" }),
      ofCells("balancedAccuracy"),
      ofCells("macroF1"),
      ofCells("weightedF1"),
      ofCells("kappa"),
      ofCells("mcc"),
      ...(isTwoClasses ? ofPositive(found) : []),
      ...losses,
    ];
  };
  return {
    measure,
    panels: () => panelsOf(set, { columns, answer, weights, run }),
    pairing: {
      columns,
      truth,
      classes,
      clusters,
      metrics: pairedMetrics(isTwoClasses, hasProbabilities),
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
  return metrics;
}

interface Parts {
  columns: RowColumns;
  answer: Uint16Array;
  weights: Float32Array | null;
  run: RunRows;
}

function panelsOf(set: SetRows, { answer, weights, run }: Parts): EvaluationPanels {
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
    calibration: null,
    curves: null,
  };
}
