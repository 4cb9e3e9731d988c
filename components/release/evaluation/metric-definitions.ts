/** What a metric says, in one sentence, by its id. */
const definitions: Readonly<Record<string, string>> = {
  accuracy: "Share of rows whose prediction equals the label.",
  balancedAccuracy: "Mean recall of all classes, so that frequent classes do not dominate.",
  macroF1: "Mean F1 of all classes. A class that is never predicted counts as 0.",
  weightedF1: "Mean F1 of all classes, weighted by their rows.",
  microF1: "F1 of all classes counted together.",
  kappa: "Agreement with the labels beyond what chance would give: 0 is chance, 1 is perfect.",
  mcc: "Correlation of predictions and labels: 0 is chance, 1 is perfect.",
  precision: "Share of correct rows among those predicted positive.",
  recall: "Share of positive rows that are predicted positive.",
  f1: "Harmonic mean of precision and recall.",
  rocAuc: "Probability that a positive row gets a higher score than a negative one.",
  averagePrecision: "Mean precision over all thresholds, weighted by the gain in recall.",
  logLoss: "Mean negative logarithm of the probability of the label. Confident errors cost most.",
  brier: "Mean squared distance between probabilities and labels.",
  calibrationError:
    "Mean distance between confidence and accuracy in 10 bins. A perfectly calibrated model does not reach 0 either.",
  top3: "Share of rows whose label is among the three most probable classes.",
  top5: "Share of rows whose label is among the five most probable classes.",
  exactMatch: "Share of rows on which everything is correct.",
  hammingLoss: "Share of single decisions, row by class, that are incorrect.",
  meanAbsoluteError: "Mean distance between prediction and label.",
  rootMeanSquaredError: "Square root of the mean squared error. Large errors count most.",
  bias: "Mean of prediction less label: above 0, predictions are too high.",
  wape: "Sum of absolute errors as a share of the sum of labels.",
  relativeBias: "Sum of prediction less label as a share of the sum of labels.",
  mape: "Mean absolute error as a share of the label. Undefined for labels of 0.",
  smape: "Mean absolute error as a share of the mean of prediction and label.",
  r2: "Share of the labels' variance that predictions explain.",
  ndcg: "Gain of the ranked items, discounted by position, as a share of the best possible order.",
  meanAveragePrecision: "Mean over lists of the average precision.",
  meanReciprocalRank: "Mean over lists of 1 divided by the rank of the first relevant item.",
  hitRate: "Share of lists with a relevant item among the first.",
  wordErrorRate: "Substituted, deleted and inserted words as a share of the words of the labels.",
  matchErrorRate: "Errors as a share of all aligned words.",
  characterErrorRate: "Substituted, deleted and inserted characters as a share of those of the labels.",
  regionF1: "Harmonic mean of precision and recall over all rows together.",
  regionPrecision: "Share of predicted boxes or spans that match one of the label.",
  regionRecall: "Share of boxes or spans of the labels that a prediction matches.",
  boxPrecision50:
    "Mean over classes of the average precision, for boxes that overlap by half or more, as COCO computes it.",
  boxPrecision: "Average precision as a mean over overlaps of 0.5, 0.55 … 0.95, so that it counts how well boxes fit.",
  meanIou: "Mean overlap of matched boxes.",
  exactSpanF1: "F1 of spans by their limits, whatever their class.",
  partialSpanF1: "F1 of spans by their limits, where an overlap counts half.",
  typeSpanF1: "F1 of spans by their class, where an overlap suffices.",
  eventRecall: "Share of events with an alarm in time.",
  eventPrecision: "Share of alarms that belong to an event.",
  falseAlarmsPer1000: "Alarms outside of events, per 1,000 steps.",
};

/** Returns what a metric says; undefined for metrics of later releases. */
export function metricDefinition(id: string): string | undefined {
  return definitions[id];
}

/** Metrics by which a kind of task is known, the most important first. */
const leading: Readonly<Record<string, readonly string[]>> = {
  classification: ["accuracy", "balancedAccuracy", "macroF1", "logLoss", "calibrationError", "rocAuc"],
  boxes: ["regionF1", "boxPrecision50", "boxPrecision", "regionPrecision", "regionRecall", "meanIou"],
  forecast: ["wape", "relativeBias", "meanAbsoluteError", "rootMeanSquaredError", "smape", "mape"],
};
const maxTiles = 6;

/** Returns the metrics of the tiles of a kind of task: those by which it is known, then others in their order. */
export function tileMetrics<Metric extends { id: string }>(taskKind: string, metrics: readonly Metric[]): Metric[] {
  const first = (leading[taskKind] ?? []).flatMap((id) => metrics.filter((metric) => metric.id === id));
  return [...first, ...metrics.filter((metric) => !first.includes(metric))].slice(0, maxTiles);
}
