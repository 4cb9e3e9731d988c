import type { ChunkSummary, PointColumns } from "./chunk-codec.ts";
import type { CurvePoint } from "./contract.ts";
import { compareByTime, comparePoints, type StoredPoint } from "./stored-point.ts";

/** X-axis of a curve. */
export type Axis = "step" | "time";

/** Points, or the summary of many that lie next to each other. */
export interface Part extends ChunkSummary {
  points: number;
  firstStep: number;
  lastStep: number;
  earliest: number;
  latest: number;
  nanStep: number;
}

const none: Part = {
  points: 0,
  nans: 0,
  sum: 0,
  low: Number.NaN,
  high: Number.NaN,
  nanStep: 0,
  nanTimestamp: 0,
  firstStep: Number.POSITIVE_INFINITY,
  lastStep: Number.NEGATIVE_INFINITY,
  earliest: Number.POSITIVE_INFINITY,
  latest: Number.NEGATIVE_INFINITY,
};

/** Returns the bucket of a position on the axis, out of `count` that divide the range. */
function bucketOf(position: number, range: { from: number; to: number }, count: number): number {
  const bucket = Math.floor(((position - range.from) * count) / (range.to - range.from + 1));
  return Math.min(Math.max(bucket, 0), count - 1);
}

/** Parts of a curve, gathered into buckets along an axis. */
export class Buckets {
  readonly #range: { from: number; to: number };
  readonly #axis: Axis;
  #parts: (Part | undefined)[];
  #first: StoredPoint | undefined;
  #last: StoredPoint | undefined;

  constructor(count: number, range: { from: number; to: number }, axis: Axis) {
    this.#parts = new Array(Math.max(1, count)).fill(undefined);
    this.#range = range;
    this.#axis = axis;
  }

  /** Adds the points that lie in the range. @returns the number of points added. */
  addPoints(points: PointColumns): number {
    const { from, to } = this.#range;
    const positions = this.#axis === "step" ? points.steps : points.timestamps;
    let [inside, first, last] = [0, -1, -1];
    for (let index = 0; index < positions.length; index++) {
      const position = positions[index] as number;
      if (position < from || position > to) continue;
      inside += 1;
      if (first < 0 || position < (positions[first] as number)) first = index;
      if (last < 0 || position > (positions[last] as number)) last = index;
      addTo(this.#partAt(position), points, index);
    }
    if (inside > 0) this.#moveEnds(points, positions, positions[first] as number, positions[last] as number);
    return inside;
  }

  /** Updates the first and last points. Points at the same position are ordered by their other values. */
  #moveEnds(points: PointColumns, positions: Float64Array, low: number, high: number): void {
    const compare = this.#axis === "step" ? comparePoints : compareByTime;
    for (let index = 0; index < positions.length; index++) {
      const position = positions[index] as number;
      if (position !== low && position !== high) continue;
      const point = pointAt(points, index);
      if (!this.#first || compare(point, this.#first) < 0) this.#first = point;
      if (!this.#last || compare(point, this.#last) > 0) this.#last = point;
    }
  }

  #partAt(position: number): Part {
    const bucket = bucketOf(position, this.#range, this.#parts.length);
    const part = this.#parts[bucket] ?? { ...none };
    this.#parts[bucket] = part;
    return part;
  }

  /** Adds a part to the bucket of its middle. @param part must not be at the start or end of the curve. */
  addPart(part: Part): void {
    const position = this.#axis === "step" ? middle(part.firstStep, part.lastStep) : middle(part.earliest, part.latest);
    const bucket = bucketOf(position, this.#range, this.#parts.length);
    this.#parts[bucket] = join(this.#parts[bucket] ?? none, part);
  }

  /**
   * Returns the first and the last point; between them one for each non-empty bucket: the mean of its values with the lowest and the
   * highest of them; and one without a value for each bucket with a NaN. Neighbours are joined until there are at most `most`.
   */
  points(most: number): CurvePoint[] {
    const ends = [this.#first, this.#last].map((point) => (point ? [exact(point)] : []));
    const positionOf = ({ step, timestamp }: CurvePoint) => (this.#axis === "step" ? step : timestamp);
    const between = this.#parts.flatMap(pointsOf).sort((a, b) => positionOf(a) - positionOf(b));
    const points = [...(ends[0] ?? []), ...between, ...(ends[1] ?? [])];
    if (points.length <= most || this.#parts.length === 1) return points;
    this.#parts = Array.from({ length: Math.ceil(this.#parts.length / 2) }, (_, index) => {
      const [part, next] = [this.#parts[2 * index], this.#parts[2 * index + 1]];
      return part && next ? join(part, next) : (part ?? next);
    });
    return this.points(most);
  }
}

function pointsOf(part: Part | undefined): CurvePoint[] {
  if (!part) return [];
  const gap = { step: part.nanStep, timestamp: part.nanTimestamp, value: null };
  const numbers = part.points - part.nans;
  if (numbers === 0) return [gap];
  const point = {
    step: middle(part.firstStep, part.lastStep),
    timestamp: middle(part.earliest, part.latest),
    value: meanOf(part, numbers),
    low: part.low,
    high: part.high,
  };
  return part.nans > 0 ? [gap, point] : [point];
}

function pointAt({ steps, timestamps, values }: PointColumns, index: number): StoredPoint {
  return { step: steps[index] as number, timestamp: timestamps[index] as number, value: values[index] as number };
}

/** Adds a point in place: a part for each of a hundred thousand points takes ten times as long. */
function addTo(part: Part, { steps, timestamps, values }: PointColumns, index: number): void {
  const step = steps[index] as number;
  const timestamp = timestamps[index] as number;
  const value = values[index] as number;
  part.points += 1;
  if (Number.isNaN(value)) {
    if (part.nans === 0 || step < part.nanStep) {
      part.nanStep = step;
      part.nanTimestamp = timestamp;
    }
    part.nans += 1;
  } else {
    part.sum += value;
    // NaN is "no value" and compares with nothing.
    if (!(part.low <= value)) part.low = value;
    if (!(part.high >= value)) part.high = value;
  }
  if (step < part.firstStep) part.firstStep = step;
  if (step > part.lastStep) part.lastStep = step;
  if (timestamp < part.earliest) part.earliest = timestamp;
  if (timestamp > part.latest) part.latest = timestamp;
}

/** Returns a curve point that represents a single point. */
export function exact({ step, timestamp, value }: StoredPoint): CurvePoint {
  return { step, timestamp, value: Number.isNaN(value) ? null : value };
}

function join(a: Part, b: Part): Part {
  const firstNan = a.nans > 0 && (b.nans === 0 || a.nanStep <= b.nanStep) ? a : b;
  return {
    points: a.points + b.points,
    nans: a.nans + b.nans,
    sum: a.sum + b.sum,
    // NaN is "no value", so whatever is a number counts.
    low: Number.isNaN(a.low) || b.low < a.low ? b.low : a.low,
    high: Number.isNaN(a.high) || b.high > a.high ? b.high : a.high,
    nanStep: firstNan.nanStep,
    nanTimestamp: firstNan.nanTimestamp,
    firstStep: Math.min(a.firstStep, b.firstStep),
    lastStep: Math.max(a.lastStep, b.lastStep),
    earliest: Math.min(a.earliest, b.earliest),
    latest: Math.max(a.latest, b.latest),
  };
}

/** Sums of the largest numbers leave the range of doubles; the mean is between the extremes all the same. */
function meanOf({ sum, low, high }: Part, numbers: number): number {
  const mean = sum / numbers;
  return Number.isNaN(mean) ? low / 2 + high / 2 : Math.min(Math.max(mean, low), high);
}

function middle(a: number, b: number): number {
  return Math.round(a / 2 + b / 2);
}
