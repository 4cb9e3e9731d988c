export const taskKinds = ["binary", "multiclass", "regression"] as const;
export type TaskKind = (typeof taskKinds)[number];

/** Worst first: labels say so, the estimate says so, all is as promised, nothing is promised or known of the reference, nothing was measured. */
export const qualityStates = ["below", "watch", "fine", "unjudged", "no-data"] as const;
export type QualityState = (typeof qualityStates)[number];

const classMetrics = ["accuracy", "precision", "recall", "f1"] as const;
const rankingMetrics = ["specificity", "rocAuc", "averagePrecision"] as const;
const errorMetrics = [
  "meanAbsoluteError",
  "rootMeanSquaredError",
  "bias",
  "meanAbsolutePercentageError",
  "weightedAbsolutePercentageError",
  "r2",
] as const;

export const qualityMetrics = [...classMetrics, ...rankingMetrics, ...errorMetrics] as const;
export type QualityMetric = (typeof qualityMetrics)[number];

interface MetricFacts {
  label: string;
  /** Whether the metric is a share, shown as a percentage; otherwise it has the unit of the output. */
  isShare: boolean;
  /** Null where neither more nor less is better: a bias is best at zero. */
  isHigherBetter: boolean | null;
}

export const metricFacts: Record<QualityMetric, MetricFacts> = {
  accuracy: { label: "Accuracy", isShare: true, isHigherBetter: true },
  precision: { label: "Precision", isShare: true, isHigherBetter: true },
  recall: { label: "Recall", isShare: true, isHigherBetter: true },
  f1: { label: "F1", isShare: true, isHigherBetter: true },
  specificity: { label: "Specificity", isShare: true, isHigherBetter: true },
  rocAuc: { label: "ROC AUC", isShare: false, isHigherBetter: true },
  averagePrecision: { label: "Average precision", isShare: false, isHigherBetter: true },
  meanAbsoluteError: { label: "Mean absolute error", isShare: false, isHigherBetter: false },
  rootMeanSquaredError: { label: "Root mean squared error", isShare: false, isHigherBetter: false },
  bias: { label: "Bias", isShare: false, isHigherBetter: null },
  meanAbsolutePercentageError: { label: "Mean absolute percentage error", isShare: true, isHigherBetter: false },
  weightedAbsolutePercentageError: {
    label: "Weighted absolute percentage error",
    isShare: true,
    isHigherBetter: false,
  },
  r2: { label: "R²", isShare: false, isHigherBetter: true },
};

/** Metrics available for each kind of task; the first one is the default. */
const metricsOfTask: Record<TaskKind, readonly QualityMetric[]> = {
  binary: [...classMetrics, ...rankingMetrics],
  multiclass: classMetrics,
  regression: errorMetrics,
};

/** Returns the requested metric if it fits the kind of task, else the default. */
export function metricFor(taskKind: TaskKind, requestedMetric?: QualityMetric): QualityMetric {
  const known = metricsOfTask[taskKind];
  return requestedMetric && known.includes(requestedMetric) ? requestedMetric : (known[0] as QualityMetric);
}
