import { ArgumentError, requireCounts } from "../argument-error.ts";
import { studentQuantile } from "../student-t.ts";
import { beyondChance, classWeights, type KappaWeights } from "./cohen-kappa.ts";

/** Votes of many items: `items` rows of one count per class. An item without votes has no part. */
export interface ClassCounts {
  counts: Float64Array;
  items: number;
  classes: number;
}

/** Agreement of any number of annotators beyond chance. */
export interface ChanceCorrected {
  value: number;
  /** Null with one item only. */
  se: number | null;
  low: number | null;
  high: number | null;
  /** Share of pairs of votes on an item that agree, and the share expected by chance. */
  observed: number;
  expected: number;
}

export interface ChanceOptions {
  weights?: KappaWeights;
  level?: number;
}

/**
 * Computes Fleiss' kappa in its general form for unequal numbers of votes, with the interval of Gwet over items. docs/spec/labelling.md
 * section 5.2. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76, 1971.
 * @returns null if no item has two votes, or all votes are the same class
 * @throws ArgumentError for numbers that are no counts
 */
export function fleissKappa(counts: ClassCounts, options: ChanceOptions = {}): ChanceCorrected | null {
  return chanceCorrected(counts, options, (weightOf, shares) => {
    const towards = shares.map((_, one) => shares.reduce((sum, share, other) => sum + share * weightOf(one, other), 0));
    return {
      expected: shares.reduce((sum, share, one) => sum + share * (towards[one] as number), 0),
      ofClass: towards,
    };
  });
}

/**
 * Computes Gwet's AC1, or AC2 with weights, which stays high where nearly all votes are one class. docs/spec/labelling.md section 5.2.
 * Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement", BJMSP 61, 2008.
 * @returns null if no item has two votes, or for a single class
 * @throws ArgumentError for numbers that are no counts
 */
export function gwetAgreement(counts: ClassCounts, options: ChanceOptions = {}): ChanceCorrected | null {
  const { classes } = counts;
  return chanceCorrected(counts, options, (weightOf, shares) => {
    const all = shares.reduce(
      (sum, _, one) => sum + shares.reduce((row, __, other) => row + weightOf(one, other), 0),
      0,
    );
    const scale = all / (classes * (classes - 1));
    return {
      expected: scale * shares.reduce((sum, share) => sum + share * (1 - share), 0),
      ofClass: shares.map((share) => scale * (1 - share)),
    };
  });
}

/** Agreement by chance, and the part of each class in that of an item. */
interface Chance {
  expected: number;
  ofClass: number[];
}

function chanceCorrected(
  { counts, items, classes }: ClassCounts,
  { weights = "none", level = 0.95 }: ChanceOptions,
  chanceOf: (weightOf: (a: number, b: number) => number, shares: number[]) => Chance,
): ChanceCorrected | null {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= 1000)) {
    throw new ArgumentError("There must be 1 to 1,000 classes.");
  }
  if (counts.length !== items * classes) throw new ArgumentError("Each item must have one count per class.");
  if (!(level > 0 && level < 1)) throw new ArgumentError("A level must be between 0 and 1.");
  requireCounts(counts, "Votes of a class");
  if (classes === 1) return null;
  const weightOf = classWeights(weights, classes);
  const totals = Float64Array.from({ length: items }, (_, item) => rowSum(counts, item * classes, classes));
  const shares = new Array<number>(classes).fill(0);
  const agreement = new Float64Array(items);
  let [voted, paired, sum] = [0, 0, 0];
  for (let item = 0; item < items; item += 1) {
    const total = totals[item] as number;
    if (total === 0) continue;
    voted += 1;
    const row = counts.subarray(item * classes, (item + 1) * classes);
    for (let one = 0; one < classes; one += 1) shares[one] = (shares[one] as number) + (row[one] as number) / total;
    if (total < 2) continue;
    paired += 1;
    agreement[item] = pairAgreement(row, total, weights, weightOf);
    sum += agreement[item] as number;
  }
  if (paired === 0) return null;
  const observed = sum / paired;
  const chance = chanceOf(
    weightOf,
    shares.map((share) => share / voted),
  );
  const { expected } = chance;
  const value = beyondChance(observed, expected);
  if (value === null) return null;
  if (voted < 2) return { value, se: null, low: null, high: null, observed, expected };
  let squares = 0;
  for (let item = 0; item < items; item += 1) {
    const total = totals[item] as number;
    if (total === 0) continue;
    let byChance = 0;
    for (let one = 0; one < classes; one += 1) {
      byChance += ((chance.ofClass[one] as number) * (counts[item * classes + one] as number)) / total;
    }
    const own = total < 2 ? 0 : ((voted / paired) * ((agreement[item] as number) - expected)) / (1 - expected);
    squares += (own - (2 * (1 - value) * (byChance - expected)) / (1 - expected) - value) ** 2;
  }
  const se = Math.sqrt(squares / (voted * (voted - 1)));
  const half = studentQuantile((1 + level) / 2, voted - 1) * se;
  // With few items the interval leaves the values that agreement can have.
  return { value, se, low: Math.max(-1, value - half), high: Math.min(1, value + half), observed, expected };
}

function rowSum(values: Float64Array, from: number, length: number): number {
  let sum = 0;
  for (let at = from; at < from + length; at += 1) sum += values[at] as number;
  return sum;
}

/** Computes the mean weight of all ordered pairs of different votes of an item. */
function pairAgreement(
  row: Float64Array,
  total: number,
  weights: KappaWeights,
  weightOf: (a: number, b: number) => number,
): number {
  let sum = 0;
  for (let one = 0; one < row.length; one += 1) {
    const votes = row[one] as number;
    if (votes === 0) continue;
    let alike = votes;
    if (weights !== "none") {
      alike = 0;
      for (let other = 0; other < row.length; other += 1) alike += (row[other] as number) * weightOf(one, other);
    }
    sum += votes * (alike - 1);
  }
  return sum / (total * (total - 1));
}
