import { ArgumentError } from "../argument-error.ts";
import type { Random } from "../random.ts";
import { annotatorAccuracy, type ConsensusRule, consensusStep } from "./consensus-step.ts";
import { drawFrom } from "./made-votes.ts";

/** A simulated project in which tasks end by the posterior. */
export interface OverlapPlan {
  items: number;
  classes: number;
  /** True accuracy of each annotator; incorrect answers are any other class alike. */
  accuracies: readonly number[];
  /** Gold answers by which the accuracy of each annotator is known; null for exactly. */
  golds: number | null;
  rule: ConsensusRule;
  /** Accuracy of a model that votes too, and is as sure as it is accurate; null for none. */
  model?: number | null;
  /** Items on which everyone has this accuracy and all incorrect answers are the same class; none without. */
  hard?: { share: number; accuracy: number } | null;
}

export interface OverlapOutcome {
  /** Mean number of answers of an item. */
  answers: number;
  /** Share of items whose most probable class is the actual one, of all and of settled ones. */
  correct: number;
  correctSettled: number;
  settled: number;
}

/**
 * Simulates how many answers tasks take, and how many labels are correct, if each task ends by the posterior. Annotators come in random
 * order. docs/spec/labelling.md section 4.3. 20,000 items take a tenth of a second.
 * @throws ArgumentError for fewer annotators than answers, or accuracies outside 0 to 1
 */
export function simulateOverlap(plan: OverlapPlan, random: Random): OverlapOutcome {
  const { items, classes, accuracies, golds, rule, model = null, hard = null } = plan;
  if (accuracies.length < rule.maxAnswers) throw new ArgumentError("There must be an annotator for each answer.");
  if (!(Number.isInteger(items) && items >= 1 && items <= 1e7))
    throw new ArgumentError("There must be 1 to 10 million items.");
  const pool = accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length;
  const known = accuracies.map((accuracy) => {
    if (golds === null) return Math.min(0.99, Math.max(1 / classes, accuracy));
    let correct = 0;
    for (let seen = 0; seen < golds; seen += 1) correct += random() < accuracy ? 1 : 0;
    return annotatorAccuracy({ correct, seen: golds }, pool, classes);
  });
  const prior = new Array<number>(classes).fill(1 / classes);
  const order = accuracies.map((_, who) => who);
  const sums = { answers: 0, correct: 0, settled: 0, correctSettled: 0 };
  for (let item = 0; item < items; item += 1) {
    const actual = drawFrom(prior, random);
    const probabilities =
      model === null ? null : modelOutput(drawAnswer(actual, model, classes, random), model, classes);
    const isHard = hard !== null && random() < hard.share;
    const votes: { accuracy: number; given: number }[] = [];
    for (;;) {
      const other = votes.length + Math.floor(random() * (order.length - votes.length));
      const who = order[other] as number;
      order[other] = order[votes.length] as number;
      order[votes.length] = who;
      votes.push({
        accuracy: known[who] as number,
        given: isHard
          ? drawHard(actual, hard.accuracy, classes, random)
          : drawAnswer(actual, accuracies[who] as number, classes, random),
      });
      const { label, decision } = consensusStep({ votes, prior, model: probabilities }, rule);
      if (decision === "more") continue;
      const isCorrect = label === actual ? 1 : 0;
      sums.answers += votes.length;
      sums.correct += isCorrect;
      if (decision === "settled") {
        sums.settled += 1;
        sums.correctSettled += isCorrect;
      }
      break;
    }
  }
  return {
    answers: sums.answers / items,
    correct: sums.correct / items,
    correctSettled: sums.settled === 0 ? 0 : sums.correctSettled / sums.settled,
    settled: sums.settled / items,
  };
}

function drawAnswer(actual: number, accuracy: number, classes: number, random: Random): number {
  if (random() < accuracy) return actual;
  const other = Math.floor(random() * (classes - 1));
  return other < actual ? other : other + 1;
}

/** Draws an answer to an item that everyone confuses with the next class. */
function drawHard(actual: number, accuracy: number, classes: number, random: Random): number {
  return random() < accuracy ? actual : (actual + 1) % classes;
}

/** Makes the probabilities of a model that predicts a class and is as sure as it is accurate. */
function modelOutput(predicted: number, accuracy: number, classes: number): number[] {
  const rest = (1 - accuracy) / (classes - 1);
  return Array.from({ length: classes }, (_, one) => (one === predicted ? accuracy : rest));
}
