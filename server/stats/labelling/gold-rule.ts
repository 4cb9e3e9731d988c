import { ArgumentError, requireCounts } from "../argument-error.ts";
import { incompleteBeta } from "../beta.ts";

/** What the gold answers of an annotator say. */
export interface GoldVerdict {
  /** Probability that the annotator's accuracy is below the floor. */
  below: number;
  /** Mean of the accuracy: (correct + 1) / (seen + 2). */
  mean: number;
  action: "none" | "warn" | "pause";
}

/** Limits of the probability above which an annotator is warned or paused, and gold answers from which either may happen. */
const warnAbove = 0.95;
const pauseAbove = 0.99;
const minGold = 5;

/**
 * Evaluates the gold answers of an annotator: P(accuracy < floor) by the Beta distribution of correct + 1 and incorrect + 1, the posterior of a
 * uniform prior. Above 0.95 it is a warning, above 0.99 a pause, both only from 5 answers on. docs/spec/labelling.md section 10.1.
 * @param floor accuracy that is required @throws ArgumentError for numbers that are no counts, or a floor outside 0 to 1
 */
export function evaluateGold({ correct, seen }: { correct: number; seen: number }, floor: number): GoldVerdict {
  requireCounts([correct, seen], "Gold answers");
  if (correct > seen) throw new ArgumentError("Correct answers must be at most the seen ones.");
  if (!(floor >= 0 && floor <= 1)) throw new ArgumentError("A floor must be from 0 to 1.");
  const below = incompleteBeta(floor, correct + 1, seen - correct + 1);
  const mean = (correct + 1) / (seen + 2);
  if (seen < minGold || below <= warnAbove) return { below, mean, action: "none" };
  return { below, mean, action: below > pauseAbove ? "pause" : "warn" };
}

/** When annotators of an accuracy are paused. */
export interface PauseChance {
  /** Probability of a pause within so many gold answers. */
  share: number;
  /** Gold answers at which half of those who are paused are; null if none is. */
  median: number | null;
}

/**
 * Computes how often the rule pauses an annotator of a true accuracy within so many gold answers: exactly, over all sequences that differ.
 * docs/spec/labelling.md section 10.1.
 * @throws ArgumentError for shares outside 0 to 1, or more than 1,000 answers
 */
export function pauseChance(accuracy: number, { golds, floor }: { golds: number; floor: number }): PauseChance {
  if (!(accuracy >= 0 && accuracy <= 1)) throw new ArgumentError("An accuracy must be from 0 to 1.");
  if (!(Number.isInteger(golds) && golds >= 0 && golds <= 1000))
    throw new ArgumentError("There must be up to 1,000 answers.");
  // Probability of each number of correct answers of those who are not paused.
  let active = [1];
  const pausedAt: number[] = [];
  for (let seen = 1; seen <= golds; seen += 1) {
    const next = new Array<number>(seen + 1).fill(0);
    for (const [correct, chance] of active.entries()) {
      next[correct] = (next[correct] as number) + chance * (1 - accuracy);
      next[correct + 1] = (next[correct + 1] as number) + chance * accuracy;
    }
    let paused = 0;
    for (let correct = 0; correct <= seen; correct += 1) {
      if ((next[correct] as number) === 0 || evaluateGold({ correct, seen }, floor).action !== "pause") continue;
      paused += next[correct] as number;
      next[correct] = 0;
    }
    pausedAt.push(paused);
    active = next;
  }
  const share = pausedAt.reduce((sum, one) => sum + one, 0);
  let sum = 0;
  const median = pausedAt.findIndex((one) => {
    sum += one;
    return share > 0 && sum >= share / 2;
  });
  return { share, median: median < 0 ? null : median + 1 };
}
