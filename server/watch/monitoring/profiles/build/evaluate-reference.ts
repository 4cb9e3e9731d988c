import { fitCalibrations } from "#server/stats/estimation/calibration.ts";
import { metricsOf } from "#server/stats/estimation/cell-metrics.ts";
import { countCells } from "#server/stats/estimation/cells.ts";
import { realisedRanking } from "#server/stats/estimation/ranked-metrics.ts";
import { type ConfusionCell, confusionMetrics } from "#server/stats/quality/confusion.ts";
import { addError, emptyErrors, numberMetrics } from "#server/stats/quality/regression.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { readFeatures } from "../../features/read-features.ts";
import { truthOf } from "../../quality/counts/truth-of.ts";
import type { Calibration, ReferenceQuality } from "../contract.ts";
import type { SampledRow } from "./row-sample.ts";
import { batchOf } from "./sampled-batch.ts";

/** Row whose label is known. */
interface Evaluated {
  prediction: string | number;
  score: number | null;
  truth: string;
}

/** Evaluation of a version's predictions for the reference against labels. */
export interface ReferenceVerdict {
  quality: ReferenceQuality | null;
  calibration: Calibration | null;
}

/** Minimum labels for evaluating a version. */
const minLabels = 20;

/**
 * Compares predictions with labels: metrics by the kind of the task, and the calibration of scores. With two classes, the second is the
 * positive one and 0.5 the decision threshold, as in states of scores. Returns nothing with fewer than 20 labels.
 * @param outputs features of the output. @param labels names of the classes by index
 */
export function evaluateReference(
  rows: readonly SampledRow[],
  outputs: readonly FeatureSpec[],
  labels: readonly string[] | undefined,
): ReferenceVerdict {
  const prediction = outputs.find(({ name }) => name.startsWith("prediction"));
  const score = outputs.find(({ source }) => source.from === "score");
  const labelled = rows.filter(({ label }) => label !== null);
  if (!prediction || labelled.length < minLabels) return { quality: null, calibration: null };
  const [predictions = [], scores = []] = readFeatures(score ? [prediction, score] : [prediction], batchOf(labelled), {
    labels,
  });
  const evaluated = labelled.flatMap(({ label }, row): Evaluated[] => {
    const predicted = predictions[row];
    const value = scores[row];
    if (predicted === null || predicted === undefined) return [];
    const isScored = typeof value === "number" && Number.isFinite(value);
    return [{ prediction: predicted, score: isScored ? value : null, truth: truthOf(label ?? "", labels) }];
  });
  if (prediction.kind === "numeric") return { quality: numbers(evaluated), calibration: null };
  const isBinary = score?.source.from === "score" && score.source.width <= 2;
  return isBinary ? twoClasses(evaluated, labels?.[1] ?? "1") : manyClasses(evaluated);
}

function numbers(rows: readonly Evaluated[]): ReferenceQuality | null {
  const sums = emptyErrors();
  for (const { prediction, truth } of rows) {
    const [predicted, value] = [Number(prediction), truth.trim() === "" ? Number.NaN : Number(truth)];
    if (Number.isFinite(predicted) && Number.isFinite(value)) addError(sums, predicted, value);
  }
  if (sums.count < minLabels) return null;
  const metrics = Object.entries(numberMetrics(sums)).map(([name, metric]) => [
    name,
    typeof metric === "number" ? metric : (metric?.value ?? null),
  ]);
  return { labelled: sums.count, taskKind: "regression", metrics: Object.fromEntries(metrics) };
}

function twoClasses(rows: readonly Evaluated[], positive: string): ReferenceVerdict {
  const isPositive = ({ truth }: Evaluated) => truth === positive;
  const cells = countCells(
    rows.map((row) => ({ isPositive: isPositive(row), isPredicted: row.prediction === positive })),
  );
  const scored = rows.filter(({ score }) => score !== null);
  const scores = scored.map(({ score }) => score as number);
  const outcomes = scored.map((row) => (isPositive(row) ? 1 : 0));
  const metrics = { ...metricsOf(cells), ...realisedRanking({ scores, outcomes }) };
  return {
    quality: { labelled: rows.length, taskKind: "binary", metrics },
    calibration: fitCalibrations(new Map([["", { scores, outcomes }]])),
  };
}

function manyClasses(rows: readonly Evaluated[]): ReferenceVerdict {
  const cells = new Map<string, ConfusionCell>();
  for (const { prediction, truth } of rows) {
    const key = JSON.stringify([truth, prediction]);
    const cell = cells.get(key) ?? { truth, answer: String(prediction), count: 0 };
    cell.count += 1;
    cells.set(key, cell);
  }
  const { accuracy, macroPrecision, macroRecall, macroF1 } = confusionMetrics([...cells.values()]);
  const byClass = Map.groupBy(
    rows.filter(({ score }) => score !== null),
    ({ prediction }) => String(prediction),
  );
  const calibrated = [...byClass].map(([prediction, list]) => {
    const outcomes = list.map(({ truth }) => (truth === prediction ? 1 : 0));
    return [prediction, { scores: list.map(({ score }) => score as number), outcomes }] as const;
  });
  return {
    quality: {
      labelled: rows.length,
      taskKind: "multiclass",
      metrics: { accuracy, macroPrecision, macroRecall, macroF1 },
    },
    calibration: calibrated.length > 0 ? fitCalibrations(new Map(calibrated)) : null,
  };
}
