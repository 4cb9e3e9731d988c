import { ArgumentError, requireFinite } from "../argument-error.ts";
import { maxProbability } from "./class-probabilities.ts";

/** How unsure a model is of one row: the larger the less sure, each from 0 to 1 (docs/spec/labelling.md section 9.1). */
export interface Uncertainty {
  /** 1 − the largest probability. */
  lowConfidence: number;
  /** 1 − how far the largest leads the second. The default of the queue, because tails do not move it. */
  margin: number;
  /** Entropy divided by ln of the number of classes. */
  entropy: number;
  /** The second largest divided by the largest. */
  ratio: number;
}

/**
 * Measures how unsure a model is by its probabilities of the classes of one row.
 * @throws ArgumentError unless there is at least one class and all values are from 0 to 1
 */
export function uncertaintyOf(probabilities: ArrayLike<number>): Uncertainty {
  requireFinite(probabilities, "Probabilities");
  const classes = probabilities.length;
  if (classes === 0) throw new ArgumentError("A row must have a probability of at least one class.");
  let [first, second, sum] = [0, 0, 0];
  for (let k = 0; k < classes; k += 1) {
    const given = probabilities[k] as number;
    if (!(given >= 0 && given <= maxProbability)) throw new ArgumentError("Probabilities must be from 0 to 1.");
    const value = Math.min(1, given);
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
    if (value > 0) sum -= value * Math.log(value);
  }
  return {
    lowConfidence: 1 - first,
    margin: 1 - (first - second),
    entropy: classes > 1 ? sum / Math.log(classes) : 0,
    ratio: first > 0 ? second / first : 1,
  };
}

/**
 * Computes the share of versions that gave another answer than the champion. Answers are compared as they were logged.
 * @returns 0 without other versions
 */
export function disagreementOf(own: string, others: readonly string[]): number {
  if (others.length === 0) return 0;
  return others.filter((answer) => answer !== own).length / others.length;
}

/**
 * Computes where a model's own measure of uncertainty lies among those of its recent predictions: the share below it, with half of the equal ones.
 * Makes measures of any kind and unit comparable (docs/spec/labelling.md section 9.1).
 * @param value the larger the less sure
 * @param recent in ascending order
 * @returns from 0 to 1; 0.5 without recent ones
 */
export function uncertaintyPercentile(value: number, recent: Float64Array): number {
  if (recent.length === 0) return 0.5;
  return (placeIn(recent, (one) => one < value) + placeIn(recent, (one) => one <= value)) / (2 * recent.length);
}

/** Counts the values at the start of an ordered list that fulfil a condition. */
function placeIn(ordered: Float64Array, isBefore: (one: number) => boolean): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(ordered[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
