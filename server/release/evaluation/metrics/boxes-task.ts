import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { type DetectedPicture, detectionCounts } from "#server/stats/evaluation/detection.ts";
import {
  detectionPrecision,
  detectionPrecisionIntervals,
  type RankedBoxes,
  rankBoxes,
} from "#server/stats/evaluation/detection-precision.ts";
import { type RatioMetric, ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { matchBoxes } from "#server/stats/labelling/box-agreement.ts";
import type { EvaluationMetric, EvaluationPanels, EvaluationTask } from "../contract.ts";
import { regionParts } from "../regions/score-regions.ts";
import { storedBoxes } from "../regions/stored-regions.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { metricOf } from "./metric-catalogue.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { exactRows, regionRatios, sharesOf } from "./region-metrics.ts";
import { answeredRows, partsOf, runColumns } from "./run-columns.ts";
import type { Selected, TaskMetrics } from "./task-metrics.ts";

type BoxesTask = Extract<EvaluationTask, { kind: "boxes" }>;
type Panels = Extract<EvaluationPanels, { kind: "boxes" }>;

/** Confidences that the curve shows. */
const confidences = Array.from({ length: 19 }, (_, at) => (at + 1) / 20);
/** Pictures that the curve is computed from, at most, taken evenly. */
const maxCurvePictures = 5000;

/** Measures boxes at the overlap and the confidence of the set, and average precision over all confidences (docs/spec/evaluation.md section 11). */
export function boxesTask(task: BoxesTask, set: SetRows, run: RunRows): TaskMetrics {
  const clusters = (set.columns.cluster as Uint32Array | undefined) ?? null;
  const columns: RowColumns = { ...runColumns(run), parts: partsOf(run, regionParts.boxes) };
  // Reading and ranking all boxes is needed for average precision and the panels only.
  let known: { pictures: DetectedPicture[]; ranked: RankedBoxes } | undefined;
  const boxes = () => {
    if (known) return known;
    const pictures = picturesOf(set, run);
    known = { pictures, ranked: rankBoxes(pictures) };
    return known;
  };
  const measure = (rows: Selected, isComplete: boolean, only?: EvaluationMetricId): EvaluationMetric[] => {
    const isWanted = (id: EvaluationMetricId) => only === undefined || only === id;
    const ofRatio = (id: EvaluationMetricId, ratio: RatioMetric) =>
      isWanted(id) ? [ratioEstimate(id, columns, ratio, { rows, clusters })] : [];
    const arePrecisionsWanted = isWanted("boxPrecision50") || isWanted("boxPrecision");
    return [
      ...regionRatios.flatMap(([id, ratio]) => ofRatio(id, ratio)),
      ...(arePrecisionsWanted ? precisions(boxes().ranked, columns, { rows, clusters, isComplete }) : []),
      ...ofRatio("meanIou", ratioMetrics.meanIou),
      ...(isWanted("exactMatch") ? [exactRows(columns, { rows, clusters })] : []),
    ];
  };
  return {
    measure,
    panels: () => panelsOf(task, boxes(), run.head.classes, columns),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: {
        ...Object.fromEntries(regionRatios.map(([id, ratio]) => [id, { name: "ratio" as const, ratio }])),
        meanIou: { name: "ratio", ratio: ratioMetrics.meanIou },
        exactMatch: { name: "accuracy" },
      },
      boxes: () => boxes().ranked,
      unitsOf: (rows) => rows,
    },
  };
}

/** A picture without an answer has no boxes, predicted or actual: it is left out, as of every other metric but the exact matches. */
function picturesOf(set: SetRows, run: RunRows): DetectedPicture[] {
  const { answer } = runColumns(run);
  const [truth, found] = [set.columns.truth, run.columns.found] as [readonly string[], readonly string[]];
  const { classes } = run.head;
  return Array.from(answer, (value, row) => {
    if (value === failedAnswer) return { actual: [], predicted: [] };
    return { actual: storedBoxes(truth[row] ?? "", classes), predicted: storedBoxes(found[row] ?? "", classes) };
  });
}

function precisions(
  ranked: RankedBoxes,
  { answer }: RowColumns,
  { rows, clusters, isComplete }: { rows: Selected; clusters: Uint32Array | null; isComplete: boolean },
): EvaluationMetric[] {
  const weights = rows && new Uint8Array(answer.length);
  for (const row of rows ?? []) if (weights) weights[row] = 1;
  const { at50, mean } = detectionPrecision(ranked, weights);
  const answered = answeredRows({ answer }, rows);
  const intervals = isComplete
    ? detectionPrecisionIntervals(ranked, { pictures: answered, clusters })
    : { at50: null, mean: null };
  return [
    metricOf("boxPrecision50", { value: at50, interval: intervals.at50, method: "bootstrap" }),
    metricOf("boxPrecision", { value: mean, interval: intervals.mean, method: "bootstrap" }),
  ];
}

function panelsOf(
  { overlap, confidence }: BoxesTask,
  { pictures, ranked }: { pictures: DetectedPicture[]; ranked: RankedBoxes },
  classes: readonly string[],
  { answer }: RowColumns,
): Panels {
  const precisionOf = new Map(
    detectionPrecision(ranked).classes.map(({ label, averagePrecision }) => [label, averagePrecision]),
  );
  const counts = new Map(classes.map((name) => [name, { hits: 0, actual: 0, predicted: 0 }]));
  const countOf = (label: string) => {
    const own = counts.get(label) ?? { hits: 0, actual: 0, predicted: 0 };
    counts.set(label, own);
    return own;
  };
  for (const { actual, predicted } of pictures) {
    const shown = predicted.filter(({ score }) => score >= confidence);
    for (const { label } of actual) countOf(label).actual += 1;
    for (const { label } of shown) countOf(label).predicted += 1;
    for (const { row } of matchBoxes(actual, shown, overlap)) countOf(actual[row]?.label ?? "").hits += 1;
  }
  const byClass = [...counts].map(([name, count]) => ({
    ...sharesOf(name, count),
    averagePrecision: precisionOf.get(name) ?? null,
  }));
  const total = (of: "actual" | "predicted") => [...counts.values()].reduce((sum, count) => sum + count[of], 0);
  return {
    kind: "boxes",
    pictures: answer.reduce((sum, value) => sum + Number(value !== failedAnswer), 0),
    actual: total("actual"),
    predicted: total("predicted"),
    overlap,
    confidence,
    byClass: byClass.filter(({ support, predicted }) => support + predicted > 0),
    curve: curveOf(pictures, overlap),
  };
}

function curveOf(pictures: readonly DetectedPicture[], overlap: number): Panels["curve"] {
  const step = Math.ceil(pictures.length / maxCurvePictures);
  const taken = pictures.filter((_, at) => at % step === 0);
  return confidences.map((confidence) => {
    let [hits, extra, missed] = [0, 0, 0];
    for (const picture of taken) {
      const { truePositive, falsePositive, falseNegative } = detectionCounts(picture, { overlap, confidence });
      hits += truePositive;
      extra += falsePositive;
      missed += falseNegative;
    }
    const share = (of: number) => (of > 0 ? hits / of : null);
    return { confidence, precision: share(hits + extra), recall: share(hits + missed) };
  });
}
