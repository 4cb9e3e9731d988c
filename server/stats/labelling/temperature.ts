import { ArgumentError } from "../argument-error.ts";
import { type ClassProbabilities, countRows, largestClass } from "./class-probabilities.ts";
import { countVotes } from "./vote-counts.ts";
import type { Votes } from "./votes.ts";

/** Temperatures that are tried first; the neighbourhood of the best is then tried in steps. */
const coarse = [0.1, 0.2, 0.5, 0.8, 1, 2, 3, 5, 8] as const;
const steps = 4;
/** A probability never counts as less, so that its logarithm is finite. */
const minProbability = 1e-30;
/** With fewer items that several annotators answered, those who agree by chance would make the model certain. */
const minShared = 50;

/**
 * Finds the temperature at which the model's probabilities are closest to the shares of votes (docs/spec/labelling.md section 7.3): the
 * smallest mean cross entropy. Above 1 the model was too sure of itself.
 * @param probabilities one row per item of the votes
 * @param shared how many items must have two votes, or else the temperature stays 1
 * @throws ArgumentError for votes or probabilities that are none
 */
export function voteTemperature(votes: Votes, probabilities: ClassProbabilities, shared: number = minShared): number {
  const { byClass, byItem } = countVotes(votes, probabilities);
  if (byItem.filter((count) => count > 1).length < shared) return 1;
  const shares = byClass.map((count, at) => count / (byItem[Math.floor(at / votes.classes)] as number));
  const logits = logitsOf(probabilities);
  const best = (temperatures: readonly number[]) => {
    const losses = temperatures.map((temperature) =>
      crossEntropy(shares, logits, { classes: votes.classes, temperature }),
    );
    return losses.indexOf(Math.min(...losses));
  };
  const at = best(coarse);
  const [before, middle, after] = [coarse[at - 1], coarse[at] as number, coarse[at + 1]];
  const fine: number[] = [];
  for (let step = 0; step < steps && before !== undefined; step += 1) {
    fine.push(before + (step * (middle - before)) / steps);
  }
  for (let step = 0; step <= steps && after !== undefined; step += 1) {
    fine.push(middle + (step * (after - middle)) / steps);
  }
  return fine[best(fine)] ?? middle;
}

/** Computes ln of each probability by the largest of its row. */
function logitsOf({ values, classes }: ClassProbabilities): Float64Array {
  const logits = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += classes) {
    const most = values[from + largestClass(values, classes, from)] as number;
    for (let at = from; at < from + classes; at += 1)
      logits[at] = most > 0 ? Math.log((values[at] as number) / most) : 0;
  }
  return logits;
}

function crossEntropy(
  shares: Float64Array,
  logits: Float64Array,
  { classes, temperature }: { classes: number; temperature: number },
): number {
  const lowest = Math.log(minProbability);
  let loss = 0;
  for (let from = 0; from < logits.length; from += classes) {
    let sum = 0;
    for (let at = from; at < from + classes; at += 1) sum += Math.exp((logits[at] as number) / temperature);
    const total = Math.log(sum);
    for (let at = from; at < from + classes; at += 1) {
      const share = shares[at] as number;
      if (share > 0) loss -= share * Math.max(lowest, (logits[at] as number) / temperature - total);
    }
  }
  return loss;
}

/** Raises probabilities to 1 / temperature and scales them to a sum of 1. */
function cooled(row: ArrayLike<number>, temperature: number): Float64Array {
  const powers = Float64Array.from(row);
  const largest = powers.reduce((most, value) => Math.max(most, value), 0);
  for (let k = 0; k < powers.length; k += 1) {
    powers[k] = largest > 0 ? Math.exp(Math.log((powers[k] as number) / largest) / temperature) : 1;
  }
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Softens probabilities by a temperature above 1, or sharpens them by one below.
 * @throws ArgumentError for probabilities that are none, or a temperature that is not from 0.01 to 100
 */
export function atTemperature(
  probabilities: ClassProbabilities,
  temperature: number,
): { values: Float64Array; classes: number } {
  countRows(probabilities);
  if (!(temperature >= 0.01 && temperature <= 100)) throw new ArgumentError("A temperature must be from 0.01 to 100.");
  const { values, classes } = probabilities;
  const scaled = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += classes) {
    const row = values.subarray(from, from + classes).map((value) => Math.max(minProbability, value));
    scaled.set(cooled(row, temperature), from);
  }
  return { values: scaled, classes };
}
