import { ArgumentError } from "../argument-error.ts";
import { type LabelledBox, matchBoxes } from "../labelling/box-agreement.ts";
import { type BootstrapOptions, bootstrapOfSums } from "./bootstrap.ts";
import { type MetricEstimate, ratioOfSums } from "./ratio-metrics.ts";

/** A predicted box with its confidence. */
interface ScoredBox extends LabelledBox {
  score: number;
}

/** Boxes of one picture. */
export interface DetectedPicture {
  actual: readonly LabelledBox[];
  predicted: readonly ScoredBox[];
}

/** Boxes of one picture by whether they were matched; the parts that a comparison of two versions needs. */
export interface DetectionCounts {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  /** Sum of the overlaps of matched boxes. */
  iou: number;
}

/**
 * Counts the boxes of a picture: predicted ones of at least a confidence are matched with actual ones of their class, one to one, so that
 * the sum of overlaps is largest; an overlap of the threshold counts (docs/spec/evaluation.md section 11.1).
 * @throws ArgumentError for boxes with negative sides or numbers that are not finite
 */
export function detectionCounts(
  { actual, predicted }: DetectedPicture,
  { overlap = 0.5, confidence = 0 }: { overlap?: number; confidence?: number } = {},
): DetectionCounts {
  requireOverlap(overlap);
  for (const { score } of predicted)
    if (!Number.isFinite(score)) throw new ArgumentError("Scores must be finite numbers.");
  const shown = predicted.filter(({ score }) => score >= confidence);
  const matches = matchBoxes(actual, shown, overlap);
  return {
    truePositive: matches.length,
    falsePositive: shown.length - matches.length,
    falseNegative: actual.length - matches.length,
    iou: matches.reduce((sum, { iou }) => sum + iou, 0),
  };
}

function requireOverlap(overlap: number): void {
  if (!(overlap > 0 && overlap <= 1)) throw new ArgumentError("An overlap must be above 0 and at most 1.");
}

/** Detection over pictures; null where undefined. */
export interface DetectionMetrics {
  pictures: number;
  actual: number;
  predicted: number;
  precision: MetricEstimate;
  recall: MetricEstimate;
  f1: MetricEstimate;
  /** Mean overlap of matched boxes. */
  meanIou: MetricEstimate;
}

/**
 * Computes precision, recall, F1 and mean overlap of all boxes together, with a percentile bootstrap of pictures, because boxes of one
 * picture go together (docs/spec/evaluation.md section 11.1).
 * @throws ArgumentError for counts that are not finite
 */
export function detectionMetrics(
  pictures: readonly DetectionCounts[],
  options: BootstrapOptions = {},
): DetectionMetrics {
  const columns = (["truePositive", "falsePositive", "falseNegative", "iou"] as const).map((name) =>
    pictures.map((picture) => picture[name]),
  );
  const sums = columns.map((values) => values.reduce((sum, value) => sum + value, 0));
  const [hits, extra, missed] = sums as [number, number, number, number];
  const value = new Float64Array(4);
  writeRates(Float64Array.from(sums), value);
  const bands = bootstrapOfSums(columns, 4, writeRates, options);
  const estimate = (at: number): MetricEstimate => {
    const own = value[at] as number;
    return Number.isNaN(own) ? { value: null, interval: null } : { value: own, interval: bands[at] ?? null };
  };
  return {
    pictures: pictures.length,
    actual: hits + missed,
    predicted: hits + extra,
    precision: estimate(0),
    recall: estimate(1),
    f1: estimate(2),
    meanIou: estimate(3),
  };
}

function writeRates(sums: Float64Array, into: Float64Array): void {
  const [hits, extra, missed, iou] = sums as unknown as [number, number, number, number];
  into[0] = ratioOfSums(hits, hits + extra);
  into[1] = ratioOfSums(hits, hits + missed);
  into[2] = ratioOfSums(2 * hits, 2 * hits + extra + missed);
  into[3] = ratioOfSums(iou, hits);
}
