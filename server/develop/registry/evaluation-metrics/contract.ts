/** A metric of evaluations, as it is called, in which direction it is better, and whether it is shown in percent. */
export interface DescribedMetric {
  title: string;
  better: "higher" | "lower" | null;
  scale: "proportion" | "number";
}

const share = (title: string, better: "higher" | "lower" = "higher"): DescribedMetric => ({
  title,
  better,
  scale: "proportion",
});
const number = (title: string, better: "higher" | "lower" | null = "higher"): DescribedMetric => ({
  title,
  better,
  scale: "number",
});

/** Metrics of evaluations by id, of all kinds of tasks. */
export const evaluationMetrics = {
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
  boxPrecision50: share("Average precision 0.5"),
  boxPrecision: share("Mean average precision"),
  meanIou: share("Mean overlap"),
  exactSpanF1: share("F1 of limits"),
  partialSpanF1: share("F1 of limits, overlaps as half"),
  typeSpanF1: share("F1 of classes"),
  eventRecall: share("Event recall"),
  eventPrecision: share("Event precision"),
  falseAlarmsPer1000: number("False alarms per 1,000 steps", "lower"),
} as const satisfies Record<string, DescribedMetric>;

/** Id of a metric of evaluations. */
export type EvaluationMetricId = keyof typeof evaluationMetrics;

/** Returns what is known of a metric by its id; undefined for another text. */
export function findEvaluationMetric(id: string): DescribedMetric | undefined {
  return Object.hasOwn(evaluationMetrics, id) ? evaluationMetrics[id as EvaluationMetricId] : undefined;
}

/** Metrics that a gate may require, by the kind of task of a set, the headline first. */
const gatedMetrics: Readonly<Record<string, readonly EvaluationMetricId[]>> = {
  classification: [
    "accuracy",
    "balancedAccuracy",
    "macroF1",
    "weightedF1",
    "kappa",
    "mcc",
    "precision",
    "recall",
    "f1",
    "rocAuc",
    "averagePrecision",
    "logLoss",
    "brier",
    "calibrationError",
    "top3",
    "top5",
  ],
  multilabel: ["microF1", "macroF1", "exactMatch", "hammingLoss"],
  regression: ["meanAbsoluteError", "rootMeanSquaredError", "wape", "mape", "smape", "r2"],
  forecast: ["wape", "meanAbsoluteError", "rootMeanSquaredError", "mape", "smape"],
  ranking: ["ndcg", "meanAveragePrecision", "meanReciprocalRank", "hitRate"],
  transcription: ["wordErrorRate", "characterErrorRate", "matchErrorRate"],
  boxes: ["regionF1", "regionPrecision", "regionRecall", "boxPrecision50", "boxPrecision", "meanIou", "exactMatch"],
  spans: ["regionF1", "regionPrecision", "regionRecall", "exactSpanF1", "partialSpanF1", "typeSpanF1", "exactMatch"],
  anomaly: ["eventRecall", "eventPrecision", "falseAlarmsPer1000", "averagePrecision", "rocAuc"],
};

/** Returns the metrics that a gate on a set of a kind of task may require. */
export function metricsForGates(taskKind: string): readonly EvaluationMetricId[] {
  return gatedMetrics[taskKind] ?? [];
}

/**
 * Says why a gate cannot require a metric: there is none of the id, it has no better direction, or the gate says another one. Without a direction
 * the gate has that of the metric.
 */
export function problemOfGatedMetric(gate: { metric: string; better: "higher" | "lower" | null }): string | undefined {
  const found = findEvaluationMetric(gate.metric);
  if (!found) return `there is no metric "${gate.metric}"`;
  const { title, better } = found;
  if (!better) return `${title} has no better direction, so it cannot be gated`;
  if (gate.better === null || gate.better === better) return undefined;
  return `${title} is better when it is ${better}, but the policy says ${gate.better}. Set better to "${better}" in the policy`;
}
