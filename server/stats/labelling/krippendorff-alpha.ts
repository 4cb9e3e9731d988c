import { ArgumentError, requireFinite, requireSameLength } from "../argument-error.ts";
import { orderByItem } from "./votes.ts";

/** Level of measurement: classes, ordered classes, numbers with a unit, numbers with a unit and a zero. */
export type MeasurementLevel = "nominal" | "ordinal" | "interval" | "ratio";

/** Values that annotators gave to items, a row per value. An item that an annotator left out has no row. */
export interface Ratings {
  /** Item of each rating, from 0 to below `items`. */
  item: Int32Array;
  value: Float64Array;
  items: number;
  /** Weight of each rating, above 0; 1 for all without. Half for answers given to a whole group at once. */
  weight?: Float64Array;
}

/** Ratings prepared for alpha of any selection of their items. */
export interface AlphaSums {
  level: MeasurementLevel;
  /** Distinct values that are paired, ascending. */
  values: Float64Array;
  /** Paired ratings of item i are at `start[i]` to below `start[i + 1]`. */
  start: Int32Array;
  /** Place of the value of each paired rating in `values`. */
  place: Int32Array;
  /** Weight of each paired rating, and how much of its item's coincidences it takes part in. */
  weight: Float64Array;
  mass: Float64Array;
  /** Factor of the pairs of each item; 0 for an item without a pair. */
  pairFactor: Float64Array;
  /** Disagreement of the pairs of each item; unused for ordinal values, whose differences depend on the selected items. */
  disagreement: Float64Array;
}

/**
 * Computes Krippendorff's alpha, the agreement of any number of annotators on items with gaps: 1 − observed by expected disagreement;
 * 1 is perfect, 0 is chance. Items with one rating have no part in it. docs/spec/labelling.md section 5.1.
 * Krippendorff, "Computing Krippendorff's alpha-reliability", 2011. With weights, pairs of an item count by the product of theirs.
 * @returns null if no item has two ratings, or all paired ratings are equal
 * @throws ArgumentError for values that are not finite, weights that are not positive, or negative values of a ratio
 */
export function krippendorffAlpha(ratings: Ratings, level: MeasurementLevel): number | null {
  return alphaOfItems(alphaSums(ratings, level), new Int32Array(ratings.items).fill(1));
}

/** Prepares ratings for alpha of selections of their items. @throws ArgumentError as krippendorffAlpha */
export function alphaSums(ratings: Ratings, level: MeasurementLevel): AlphaSums {
  const { item, value, items, weight: weights } = ratings;
  requireRatings(ratings, level);
  const { start: rows, order } = orderByItem(item, items);
  const start = new Int32Array(items + 1);
  const paired: number[] = [];
  for (let at = 0; at < items; at += 1) {
    const [from, to] = [rows[at] as number, rows[at + 1] as number];
    if (to - from > 1) for (let row = from; row < to; row += 1) paired.push(order[row] as number);
    start[at + 1] = paired.length;
  }
  const given = Float64Array.from(paired, (row) => value[row] as number);
  const weight = Float64Array.from(paired, (row) => weights?.[row] ?? 1);
  const values = Float64Array.from(new Set(given)).sort();
  const places = new Map(Array.from(values, (one, at) => [one, at]));
  const place = Int32Array.from(given, (one) => places.get(one) as number);
  const sums: AlphaSums = {
    level,
    values,
    start,
    place,
    weight,
    mass: new Float64Array(paired.length),
    pairFactor: new Float64Array(items),
    disagreement: new Float64Array(items),
  };
  const difference = differenceOf(level, values);
  for (let at = 0; at < items; at += 1) addItem(sums, at, difference);
  return sums;
}

/**
 * Computes alpha of items, each counted so many times, as an item drawn twice.
 * @param times how often each item counts, 0 for not at all
 */
export function alphaOfItems(sums: AlphaSums, times: ArrayLike<number>): number | null {
  const { level, values, start, place, mass, pairFactor, disagreement } = sums;
  const items = pairFactor.length;
  const byValue = new Float64Array(values.length);
  let [observed, squares] = [0, 0];
  for (let at = 0; at < items; at += 1) {
    const count = times[at] as number;
    if (count === 0) continue;
    observed += count * (disagreement[at] as number);
    for (let row = start[at] as number; row < (start[at + 1] as number); row += 1) {
      const part = mass[row] as number;
      byValue[place[row] as number] = (byValue[place[row] as number] as number) + count * part;
      squares += count * part * part;
    }
  }
  let [total, distinct] = [0, 0];
  for (let at = 0; at < byValue.length; at += 1) {
    total += byValue[at] as number;
    distinct += (byValue[at] as number) > 0 ? 1 : 0;
  }
  if (distinct < 2) return null;
  let expected: number;
  if (level === "ordinal") {
    const ranks = middleRanks(byValue, total);
    observed = 0;
    for (let at = 0; at < items; at += 1) {
      if ((times[at] as number) > 0) observed += (times[at] as number) * rankDisagreement(sums, at, ranks);
    }
    expected = squaredDifferences(byValue, ranks);
  } else if (level === "interval") expected = squaredDifferences(byValue, scaled(values));
  else if (level === "nominal") expected = total * total - sumOf(byValue, (one) => one * one);
  else expected = ratioDifferences(byValue, values);
  // Without weights this is N − 1: a rating is not paired with itself.
  const pairs = (total * total - squares) / total;
  const alpha = 1 - (pairs * observed) / expected;
  return Number.isFinite(alpha) ? alpha : null;
}

function requireRatings({ item, value, weight }: Ratings, level: MeasurementLevel): void {
  requireSameLength(item, value, "Items and values of ratings");
  requireFinite(value, "Values of ratings");
  if (level === "ratio" && value.some((one) => one < 0))
    throw new ArgumentError("Values of a ratio must not be negative.");
  if (!weight) return;
  requireSameLength(item, weight, "Items and weights of ratings");
  requireFinite(weight, "Weights of ratings");
  if (weight.some((one) => !(one > 1e-9 && one <= 1e9))) {
    throw new ArgumentError("Weights of ratings must be from 1e-9 to 1e9.");
  }
}

/** Computes the squared difference of two values by their places. */
function differenceOf(level: MeasurementLevel, values: Float64Array): (a: number, b: number) => number {
  if (level === "ordinal") return () => 0;
  if (level === "nominal") return (a, b) => (a === b ? 0 : 1);
  if (level === "interval") {
    const all = scaled(values);
    return (a, b) => ((all[a] as number) - (all[b] as number)) ** 2;
  }
  return (a, b) => (a === b ? 0 : ratioDifference(values[a] as number, values[b] as number));
}

function addItem(sums: AlphaSums, at: number, difference: (a: number, b: number) => number): void {
  const [from, to] = [sums.start[at] as number, sums.start[at + 1] as number];
  if (from === to) return;
  let [total, squares, pairs] = [0, 0, 0];
  for (let row = from; row < to; row += 1) {
    const one = sums.weight[row] as number;
    total += one;
    squares += one * one;
    for (let other = from; other < row; other += 1) {
      pairs +=
        one * (sums.weight[other] as number) * difference(sums.place[row] as number, sums.place[other] as number);
    }
  }
  // An item counts as much as its ratings: its pairs share their sum. Without weights this is 1 / (m − 1).
  const factor = total / (total * total - squares);
  sums.pairFactor[at] = factor;
  sums.disagreement[at] = 2 * factor * pairs;
  for (let row = from; row < to; row += 1) {
    const one = sums.weight[row] as number;
    sums.mass[row] = factor * one * (total - one);
  }
}

/** Moves values to 0 to 1, where squares neither overflow nor vanish. */
function scaled(values: Float64Array): Float64Array {
  const low = values[0] as number;
  const range = (values.at(-1) as number) - low;
  return values.map((one) => (one - low) / range);
}

/** Places values in the middle of their ranks: the squared differences of these are the ordinal ones. Centred, to lose no digits. */
function middleRanks(byValue: Float64Array, total: number): Float64Array {
  let below = -total / 2;
  return byValue.map((count) => {
    below += count;
    return below - count / 2;
  });
}

/** Sums the squared differences of the ranks of all ordered pairs of an item, times its factor. */
function rankDisagreement({ start, place, weight, pairFactor }: AlphaSums, at: number, ranks: Float64Array): number {
  let [total, sum, squares] = [0, 0, 0];
  // From the first rating on: equal ones differ by exactly 0.
  const origin = ranks[place[start[at] as number] as number] as number;
  for (let row = start[at] as number; row < (start[at + 1] as number); row += 1) {
    const rank = (ranks[place[row] as number] as number) - origin;
    const one = weight[row] as number;
    total += one;
    sum += one * rank;
    squares += one * rank * rank;
  }
  return 2 * (pairFactor[at] as number) * (total * squares - sum * sum);
}

/** Sums n_c n_k (c − k)² over all ordered pairs of values. */
function squaredDifferences(byValue: Float64Array, at: Float64Array): number {
  let [total, sum] = [0, 0];
  for (let one = 0; one < byValue.length; one += 1) {
    total += byValue[one] as number;
    sum += (byValue[one] as number) * (at[one] as number);
  }
  const mean = sum / total;
  let squares = 0;
  for (let one = 0; one < byValue.length; one += 1)
    squares += (byValue[one] as number) * ((at[one] as number) - mean) ** 2;
  return 2 * total * squares;
}

/** Sums n_c n_k ((c − k) / (c + k))² over all ordered pairs of values, which takes the square of their number. */
function ratioDifferences(byValue: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let one = 1; one < values.length; one += 1) {
    if (byValue[one] === 0) continue;
    for (let other = 0; other < one; other += 1) {
      const pairs = (byValue[one] as number) * (byValue[other] as number);
      sum += pairs * ratioDifference(values[one] as number, values[other] as number);
    }
  }
  return 2 * sum;
}

const ratioDifference = (a: number, b: number): number => ((a - b) / (a + b)) ** 2;

function sumOf(values: Float64Array, part: (value: number) => number): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += part(values[at] as number);
  return sum;
}
