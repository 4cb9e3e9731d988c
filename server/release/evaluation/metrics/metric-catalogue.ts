import type { EvaluationMetric } from "../contract.ts";

type Described = Pick<EvaluationMetric, "title" | "better" | "scale">;

const share = (title: string, better: "higher" | "lower" = "higher"): Described => ({
  title,
  better,
  scale: "proportion",
});
const number = (title: string, better: "higher" | "lower" | null = "higher"): Described => ({
  title,
  better,
  scale: "number",
});

/** Metrics of all kinds of tasks by id. */
const catalogue = {
  accuracy: share("Accuracy"),
  balancedAccuracy: share("Balanced accuracy"),
  macroF1: number("Macro F1"),
  weightedF1: number("Weighted F1"),
  microF1: number("Micro F1"),
  kappa: number("Cohen's kappa"),
  mcc: number("Matthews correlation"),
  precision: share("Precision"),
  recall: share("Recall"),
  f1: number("F1"),
  rocAuc: number("ROC AUC"),
  averagePrecision: number("Average precision"),
  logLoss: number("Log loss", "lower"),
  brier: number("Brier score", "lower"),
  calibrationError: number("Calibration error", "lower"),
  top3: share("Top-3 accuracy"),
  top5: share("Top-5 accuracy"),
  exactMatch: share("Exact match"),
  hammingLoss: share("Hamming loss", "lower"),
  meanAbsoluteError: number("Mean absolute error", "lower"),
  rootMeanSquaredError: number("Root mean squared error", "lower"),
  bias: number("Bias", null),
  wape: share("WAPE", "lower"),
  relativeBias: { title: "Relative bias", better: null, scale: "proportion" },
  mape: share("MAPE", "lower"),
  smape: share("sMAPE", "lower"),
  r2: number("R²"),
  ndcg: number("NDCG"),
  meanAveragePrecision: number("Mean average precision"),
  meanReciprocalRank: number("Mean reciprocal rank"),
  hitRate: share("Hit rate"),
  wordErrorRate: share("Word error rate", "lower"),
  matchErrorRate: share("Match error rate", "lower"),
  characterErrorRate: share("Character error rate", "lower"),
  regionF1: share("F1"),
  regionPrecision: share("Precision"),
  regionRecall: share("Recall"),
  boxPrecision50: share("Average precision at overlap 0.5"),
  boxPrecision: share("Average precision at overlaps 0.5 to 0.95"),
  meanIou: share("Mean overlap"),
  exactSpanF1: share("F1 of limits"),
  partialSpanF1: share("F1 of limits, overlaps as half"),
  typeSpanF1: share("F1 of classes"),
  eventRecall: share("Event recall"),
  eventPrecision: share("Event precision"),
  falseAlarmsPer1000: number("False alarms per 1,000 steps", "lower"),
} as const satisfies Record<string, Described>;

/** Id of a metric. */
export type EvaluationMetricId = keyof typeof catalogue;

/** Describes a metric by its id. */
export function describeMetric(id: EvaluationMetricId): Described {
  return catalogue[id];
}

/** Whether a text is the id of a metric. */
export function isMetricId(id: string): id is EvaluationMetricId {
  return Object.hasOwn(catalogue, id);
}

type Measured = Partial<Pick<EvaluationMetric, "interval" | "method" | "note">> & { value: number | null };

/** Builds a metric from what was measured. A method without an interval is left out. */
export function metricOf(
  id: EvaluationMetricId,
  { value, interval = null, method = null, note = null }: Measured,
): EvaluationMetric {
  return { id, ...describeMetric(id), value, interval, method: interval ? method : null, note };
}
