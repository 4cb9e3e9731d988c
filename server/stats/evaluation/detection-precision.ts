import { ArgumentError } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { boxOverlap } from "../labelling/box-agreement.ts";
import { type BootstrapOptions, bootstrapOfWeights } from "./bootstrap.ts";
import type { DetectedPicture } from "./detection.ts";

/** Average precision of boxes; null without actual boxes. */
export interface DetectionPrecision {
  /** Mean over the classes that occur, at an overlap of 0.5. */
  at50: number | null;
  /** Mean over the classes and the overlaps 0.5, 0.55 … 0.95. */
  mean: number | null;
  /** At an overlap of 0.5, by class that occurs, in the order of names. */
  classes: { label: string; actual: number; predicted: number; averagePrecision: number }[];
}

/** Boxes of one class over all pictures. */
interface RankedClass {
  label: string;
  /** Pictures with actual boxes, and how many of them. */
  truths: { picture: number; boxes: number }[];
  /** Picture of each predicted box, by falling confidence. */
  pictures: Uint32Array;
  /** Whether each box takes an actual one, by overlap. */
  hits: Uint8Array[];
}

/** Predicted boxes by falling confidence with the actual ones that they take, from which average precision of any pictures follows. */
export interface RankedBoxes {
  pictures: number;
  classes: RankedClass[];
}

/** COCO looks at the 100 most confident boxes of a class in a picture. */
const maxBoxes = 100;
const overlaps = Array.from({ length: 10 }, (_, at) => 0.5 + 0.05 * at);
const maxPictures = 2 ** 27;
const steps = 101;
/** Products of predicted boxes, overlaps and resamples up to which an interval is computed, and resamples at least. */
const maxProducts = 1e9;
const minResamples = 200;

/**
 * Matches boxes as COCO does: by falling confidence, each takes the actual box of its class that it overlaps most and that is free
 * (docs/spec/evaluation.md section 11.2).
 * @throws ArgumentError for boxes with negative sides or numbers that are not finite
 */
export function rankBoxes(pictures: readonly DetectedPicture[]): RankedBoxes {
  const labels = new Set<string>();
  for (const { actual, predicted } of pictures) {
    for (const { label } of actual) labels.add(label);
    for (const { score } of predicted) {
      if (!Number.isFinite(score)) throw new ArgumentError("Scores must be finite numbers.");
    }
  }
  return { pictures: pictures.length, classes: [...labels].sort().map((label) => rankClass(pictures, label)) };
}

function rankClass(pictures: readonly DetectedPicture[], label: string): RankedClass {
  const truths: RankedClass["truths"] = [];
  const found: { picture: number; score: number; hits: boolean[] }[] = [];
  for (const [picture, { actual, predicted }] of pictures.entries()) {
    const own = actual.filter((box) => box.label === label);
    if (own.length > 0) truths.push({ picture, boxes: own.length });
    const boxes = predicted
      .filter((box) => box.label === label)
      .sort((a, b) => b.score - a.score)
      .slice(0, maxBoxes);
    const shared = boxes.map((box) => own.map((truth) => boxOverlap(truth, box)));
    const taken = overlaps.map((overlap) => hitsOf(shared, own.length, overlap));
    for (const [at, { score }] of boxes.entries()) {
      found.push({ picture, score, hits: taken.map((hits) => hits[at] === true) });
    }
  }
  found.sort((a, b) => b.score - a.score);
  return {
    label,
    truths,
    pictures: Uint32Array.from(found, ({ picture }) => picture),
    hits: overlaps.map((_, at) => Uint8Array.from(found, ({ hits }) => Number(hits[at]))),
  };
}

/** @param shared overlap of each predicted box, by falling confidence, with each actual one */
function hitsOf(shared: readonly (readonly number[])[], actual: number, overlap: number): boolean[] {
  const isFree = Array.from({ length: actual }, () => true);
  return shared.map((own) => {
    // Rounding of coordinates must not part boxes that overlap exactly as much as required.
    let [best, highest] = [-1, overlap - 1e-10];
    for (const [truth, value] of own.entries()) {
      if (isFree[truth] && value >= highest) [best, highest] = [truth, value];
    }
    if (best >= 0) isFree[best] = false;
    return best >= 0;
  });
}

/**
 * Computes average precision as COCO does (Lin and others, "Microsoft COCO: common objects in context", 2014; pycocotools): precision is the
 * greatest one at that recall or beyond, averaged over the recalls 0, 0.01 … 1 (docs/spec/evaluation.md section 11.2).
 * @param weights how often each picture counts; null: once
 */
export function detectionPrecision(
  { classes }: RankedBoxes,
  weights: ArrayLike<number> | null = null,
): DetectionPrecision {
  const found = classes.flatMap((one) => {
    const actual = one.truths.reduce((sum, { picture, boxes }) => sum + boxes * weightOf(weights, picture), 0);
    if (actual === 0) return [];
    const at = one.hits.map((hits) => precisionOf(one.pictures, hits, actual, weights));
    const predicted = one.pictures.reduce((sum, picture) => sum + weightOf(weights, picture), 0);
    const mean = at.reduce((sum, value) => sum + value, 0) / at.length;
    return [{ label: one.label, actual, predicted, averagePrecision: at[0] as number, mean }];
  });
  const meanOf = (of: (one: (typeof found)[number]) => number) =>
    found.length > 0 ? found.reduce((sum, one) => sum + of(one), 0) / found.length : null;
  return {
    at50: meanOf(({ averagePrecision }) => averagePrecision),
    mean: meanOf(({ mean }) => mean),
    classes: found.map(({ mean: _, ...one }) => one),
  };
}

/** Pictures that count, all if it is null, and the number of the entity of each picture. */
interface Resampled {
  pictures: Uint32Array | null;
  clusters: Uint32Array | null;
}

/**
 * Computes percentile intervals of average precision with a bootstrap of pictures, or of clusters of pictures; null for too many boxes.
 * @throws ArgumentError unless the number of pictures is a whole one up to 134 million
 */
export function detectionPrecisionIntervals(
  boxes: RankedBoxes,
  resampled: Resampled,
  options: BootstrapOptions = {},
): PrecisionBands {
  return resample([boxes], resampled, options, (weights) => detectionPrecision(boxes, weights));
}

/**
 * Computes percentile intervals of the difference of average precision, first minus second, with a bootstrap of the same pictures for both; null for
 * too many boxes.
 * @throws ArgumentError as detectionPrecisionIntervals, and for different numbers of pictures
 */
export function detectionPrecisionDifference(
  first: RankedBoxes,
  second: RankedBoxes,
  resampled: Resampled,
  options: BootstrapOptions = {},
): PrecisionBands {
  if (first.pictures !== second.pictures) throw new ArgumentError("Both must have the same pictures.");
  const difference = (a: number | null, b: number | null) => (a === null || b === null ? null : a - b);
  return resample([first, second], resampled, options, (weights) => {
    const [a, b] = [detectionPrecision(first, weights), detectionPrecision(second, weights)];
    return { at50: difference(a.at50, b.at50), mean: difference(a.mean, b.mean) };
  });
}

/** Intervals at an overlap of 0.5, and of the mean over the overlaps. */
interface PrecisionBands {
  at50: Band | null;
  mean: Band | null;
}

function resample(
  versions: readonly RankedBoxes[],
  { pictures, clusters }: Resampled,
  options: BootstrapOptions,
  of: (weights: Float64Array) => { at50: number | null; mean: number | null },
): PrecisionBands {
  const count = versions[0]?.pictures ?? 0;
  if (!(Number.isInteger(count) && count >= 0 && count <= maxPictures)) {
    throw new ArgumentError("The number of pictures must be a whole number up to 134 million.");
  }
  const predicted = versions
    .flatMap(({ classes }) => classes)
    .reduce((sum, { pictures: boxes }) => sum + boxes.length, 0);
  const affordable = Math.floor(maxProducts / Math.max(1, predicted * overlaps.length));
  if (affordable < minResamples) return { at50: null, mean: null };
  const chosen = pictures ?? Uint32Array.from({ length: count }, (_, picture) => picture);
  const units = [
    ...Map.groupBy(chosen, (picture) => (clusters ? (clusters[picture] as number) : picture)).values(),
  ] as number[][];
  const weights = new Float64Array(count);
  const [at50 = null, mean = null] = bootstrapOfWeights(
    units.length,
    2,
    (drawn, into) => {
      for (const [unit, own] of units.entries()) for (const picture of own) weights[picture] = drawn[unit] as number;
      const found = of(weights);
      into[0] = found.at50 ?? Number.NaN;
      into[1] = found.mean ?? Number.NaN;
    },
    { ...options, resamples: Math.min(options.resamples ?? 1000, affordable) },
  );
  return { at50, mean };
}

function weightOf(weights: ArrayLike<number> | null, picture: number): number {
  return weights ? (weights[picture] as number) : 1;
}

function precisionOf(
  pictures: Uint32Array,
  isHit: Uint8Array,
  actual: number,
  weights: ArrayLike<number> | null,
): number {
  const recall = new Float64Array(pictures.length);
  const precision = new Float64Array(pictures.length);
  let [hits, all, length] = [0, 0, 0];
  for (let at = 0; at < pictures.length; at += 1) {
    const weight = weightOf(weights, pictures[at] as number);
    if (weight === 0) continue;
    all += weight;
    if (isHit[at] === 1) hits += weight;
    recall[length] = hits / actual;
    precision[length] = hits / all;
    length += 1;
  }
  for (let at = length - 2; at >= 0; at -= 1) {
    precision[at] = Math.max(precision[at] as number, precision[at + 1] as number);
  }
  let [sum, at] = [0, 0];
  for (let hundredth = 0; hundredth < steps; hundredth += 1) {
    // Products, not quotients: pycocotools has recalls of 0.30000000000000004 and misses 3 of 10 boxes there.
    while (at < length && (recall[at] as number) < hundredth * 0.01) at += 1;
    sum += at < length ? (precision[at] as number) : 0;
  }
  return sum / steps;
}
