import { ArgumentError } from "../argument-error.ts";
import { boxOverlap, type LabelledBox, matchBoxes } from "../labelling/box-agreement.ts";
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

/** Average precision of boxes; null without actual boxes. */
export interface DetectionPrecision {
  /** Mean over the classes that occur, at an overlap of 0.5. */
  at50: number | null;
  /** Mean over the classes and the overlaps 0.5, 0.55 … 0.95. */
  mean: number | null;
  /** At an overlap of 0.5, by class that occurs, in the order of names. */
  classes: { label: string; actual: number; predicted: number; averagePrecision: number }[];
}

/** COCO looks at the 100 most confident boxes of a class in a picture. */
const maxBoxes = 100;

/**
 * Computes average precision as COCO does (Lin and others, "Microsoft COCO: common objects in context", 2014; pycocotools): boxes by falling
 * confidence take the actual box of their class that they overlap most and that is free; precision is the greatest one at that recall or
 * beyond, averaged over the recalls 0, 0.01 … 1 (docs/spec/evaluation.md section 11.2).
 * @throws ArgumentError for boxes with negative sides or numbers that are not finite
 */
export function detectionPrecision(pictures: readonly DetectedPicture[]): DetectionPrecision {
  const labels = new Set<string>();
  for (const { actual, predicted } of pictures) {
    for (const { label } of actual) labels.add(label);
    for (const { score } of predicted) {
      if (!Number.isFinite(score)) throw new ArgumentError("Scores must be finite numbers.");
    }
  }
  const overlaps = Array.from({ length: 10 }, (_, at) => 0.5 + 0.05 * at);
  const classes = [...labels].sort().map((label) => {
    const own = pictures.map((picture) => boxesOf(picture, label));
    const actual = own.reduce((sum, { free }) => sum + free, 0);
    const at = overlaps.map((overlap) => precisionAt(own, { overlap, actual }));
    return {
      label,
      actual,
      predicted: own.reduce((sum, { scores }) => sum + scores.length, 0),
      averagePrecision: at[0] as number,
      mean: at.reduce((sum, value) => sum + value, 0) / overlaps.length,
    };
  });
  const meanOf = (of: (one: (typeof classes)[number]) => number) =>
    classes.length > 0 ? classes.reduce((sum, one) => sum + of(one), 0) / classes.length : null;
  return {
    at50: meanOf(({ averagePrecision }) => averagePrecision),
    mean: meanOf(({ mean }) => mean),
    classes: classes.map(({ mean: _, ...one }) => one),
  };
}

/** Boxes of one class in one picture: confidences, falling, the overlap of each with each actual box, and how many of these there are. */
interface ClassBoxes {
  scores: number[];
  overlaps: number[][];
  free: number;
}

function boxesOf({ actual, predicted }: DetectedPicture, label: string): ClassBoxes {
  const truths = actual.filter((box) => box.label === label);
  const boxes = predicted
    .filter((box) => box.label === label)
    .sort((a, b) => b.score - a.score)
    .slice(0, maxBoxes);
  return {
    scores: boxes.map(({ score }) => score),
    overlaps: boxes.map((box) => truths.map((truth) => boxOverlap(truth, box))),
    free: truths.length,
  };
}

function precisionAt(
  pictures: readonly ClassBoxes[],
  { overlap, actual }: { overlap: number; actual: number },
): number {
  const found = pictures.flatMap(({ scores, overlaps, free }) => {
    const isFree = Array.from({ length: free }, () => true);
    return scores.map((score, at) => {
      // Rounding of coordinates must not part boxes that overlap exactly as much as required.
      let [best, most] = [-1, overlap - 1e-10];
      overlaps[at]?.forEach((own, truth) => {
        if (isFree[truth] && own >= most) [best, most] = [truth, own];
      });
      if (best >= 0) isFree[best] = false;
      return { score, isHit: best >= 0 };
    });
  });
  found.sort((a, b) => b.score - a.score);
  let hits = 0;
  const steps = found.map(({ isHit }, at) => {
    if (isHit) hits += 1;
    return { recall: hits / actual, precision: hits / (at + 1) };
  });
  for (let at = steps.length - 2; at >= 0; at -= 1) {
    const step = steps[at] as { precision: number };
    step.precision = Math.max(step.precision, (steps[at + 1] as { precision: number }).precision);
  }
  let [sum, at] = [0, 0];
  for (let hundredth = 0; hundredth <= 100; hundredth += 1) {
    // Products, not quotients: pycocotools has recalls of 0.30000000000000004 and misses 3 of 10 boxes there.
    while (at < steps.length && (steps[at] as { recall: number }).recall < hundredth * 0.01) at += 1;
    sum += steps[at]?.precision ?? 0;
  }
  return sum / 101;
}
