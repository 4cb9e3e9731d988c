import { ArgumentError, requireFinite } from "../argument-error.ts";
import { digamma } from "../digamma.ts";
import type { Random } from "../random.ts";
import { orderByItem, requireVotes, type Votes } from "./votes.ts";

/** Where a fit starts. */
export interface MaceStart {
  /** Per annotator: how likely to answer without looking, and to know. */
  spamming: Float64Array;
  /** Per annotator: probability of each class when answering without looking. */
  strategy: Float64Array;
}

export interface Mace extends MaceStart {
  /** Probability of each class of each item: `items` rows of `classes`; all 0 for an item without votes. */
  posterior: Float64Array;
  /** Share of answers in which each annotator knows the class. */
  competence: Float64Array;
  logLikelihood: number;
}

/** Pseudo counts: of looking or not, and of each class when not looking. */
const lookingPrior = 0.5;
const strategyPrior = 10;

/** Competence below which an annotator answers like guessing, from so many votes on. docs/spec/labelling.md section 6.3. */
const guessing = 0.3;
const minVotes = 50;

/**
 * Estimates which annotators know the classes and which answer without looking, by variational steps from a start: a check for spam, beside
 * Dawid and Skene. docs/spec/labelling.md section 6.3. Hovy, Berg-Kirkpatrick, Vaswani and Hovy, "Learning whom to trust with MACE",
 * NAACL-HLT 2013; as crowd-kit 1.4.2.
 * @param steps 0 for the posteriors of the start itself
 * @throws ArgumentError for votes or a start that do not fit
 */
export function mace(votes: Votes, start: MaceStart, steps = 50): Mace {
  requireVotes(votes);
  const { annotators, classes } = votes;
  if (!(Number.isInteger(steps) && steps >= 0 && steps <= 10_000))
    throw new ArgumentError("There must be up to 10,000 steps.");
  if (start.spamming.length !== 2 * annotators || start.strategy.length !== annotators * classes) {
    throw new ArgumentError("A start must have two numbers and one per class for each annotator.");
  }
  for (const values of [start.spamming, start.strategy]) {
    requireFinite(values, "Numbers of a start");
    if (values.some((one) => one <= 0)) throw new ArgumentError("Numbers of a start must be above 0.");
  }
  const { start: rows, order } = orderByItem(votes.item, votes.items);
  const state: State = {
    items: votes.items,
    annotators,
    classes,
    rows,
    cell: Int32Array.from(order, (row) => (votes.annotator[row] as number) * classes + (votes.given[row] as number)),
    spamming: start.spamming.slice(),
    strategy: start.strategy.slice(),
    posterior: new Float64Array(votes.items * classes),
    looked: new Float64Array(2 * annotators),
    guessed: new Float64Array(annotators * classes),
  };
  let logLikelihood = expect(state);
  for (let step = 0; step < steps; step += 1) {
    maximise(state);
    logLikelihood = expect(state);
  }
  const { spamming, strategy, posterior } = state;
  const competence = Float64Array.from({ length: annotators }, (_, who) => {
    const [spams, knows] = [spamming[2 * who] as number, spamming[2 * who + 1] as number];
    return knows / (spams + knows);
  });
  return { spamming, strategy, posterior, competence, logLikelihood };
}

/**
 * Fits from several random starts and keeps the most likely one.
 * @throws ArgumentError as mace, and for fewer than one start
 */
export function bestMace(
  votes: Votes,
  { random, restarts = 10, steps = 50 }: { random: Random; restarts?: number; steps?: number },
): Mace {
  requireVotes(votes);
  if (!(Number.isInteger(restarts) && restarts >= 1 && restarts <= 1000)) {
    throw new ArgumentError("There must be 1 to 1,000 starts.");
  }
  const draw = (parts: number) => {
    const values = Float64Array.from({ length: votes.annotators * parts }, () => 1 + random() / 2);
    for (let from = 0; from < values.length; from += parts) {
      const own = values.subarray(from, from + parts);
      const sum = own.reduce((all, one) => all + one, 0);
      for (let at = 0; at < parts; at += 1) own[at] = (own[at] as number) / sum;
    }
    return values;
  };
  let best: Mace | undefined;
  for (let round = 0; round < restarts; round += 1) {
    const fit = mace(votes, { spamming: draw(2), strategy: draw(votes.classes) }, steps);
    if (!best || fit.logLikelihood > best.logLikelihood) best = fit;
  }
  return best as Mace;
}

/** Checks whether an annotator of so many votes answers like guessing. */
export function isGuessing(competence: number, votes: number): boolean {
  return votes >= minVotes && competence < guessing;
}

interface State extends MaceStart {
  items: number;
  annotators: number;
  classes: number;
  /** Votes in the order of items: start of each item, and annotator · classes + class of each vote. */
  rows: Int32Array;
  cell: Int32Array;
  posterior: Float64Array;
  /** Expected answers without looking, and with knowing, of each annotator. */
  looked: Float64Array;
  /** Expected answers without looking by class. */
  guessed: Float64Array;
}

/** Computes posteriors and expected counts. @returns log likelihood of the votes */
function expect({ items, classes, rows, cell, spamming, strategy, posterior, looked, guessed }: State): number {
  // A vote is a guess with this probability; if its class is the actual one, it is as much likelier as the ratio says.
  const guess = strategy.map((share, at) => share * (spamming[2 * Math.floor(at / classes)] as number));
  const knows = strategy.map((_, at) => spamming[2 * Math.floor(at / classes) + 1] as number);
  const logGuess = guess.map(Math.log);
  const logRatio = guess.map((one, at) => Math.log1p((knows[at] as number) / one));
  const isGuess = guess.map((one, at) => one / (one + (knows[at] as number)));
  const logs = new Float64Array(classes);
  looked.fill(0);
  guessed.fill(0);
  let logLikelihood = 0;
  for (let item = 0; item < items; item += 1) {
    const [from, to] = [rows[item] as number, rows[item + 1] as number];
    if (from === to) continue;
    logs.fill(0);
    let ofAll = 0;
    for (let vote = from; vote < to; vote += 1) {
      const at = cell[vote] as number;
      ofAll += logGuess[at] as number;
      logs[at % classes] = (logs[at % classes] as number) + (logRatio[at] as number);
    }
    let highest = 0;
    for (let one = 0; one < classes; one += 1) if ((logs[one] as number) > highest) highest = logs[one] as number;
    const own = item * classes;
    let sum = 0;
    for (let one = 0; one < classes; one += 1) {
      const likelihood = Math.exp((logs[one] as number) - highest);
      posterior[own + one] = likelihood;
      sum += likelihood;
    }
    for (let one = 0; one < classes; one += 1) posterior[own + one] = (posterior[own + one] as number) / sum;
    logLikelihood += ofAll + highest + Math.log(sum / classes);
    for (let vote = from; vote < to; vote += 1) {
      const at = cell[vote] as number;
      const who = Math.floor(at / classes);
      const actual = posterior[own + (at % classes)] as number;
      const spam = 1 - actual + actual * (isGuess[at] as number);
      guessed[at] = (guessed[at] as number) + spam;
      looked[2 * who] = (looked[2 * who] as number) + spam;
      looked[2 * who + 1] = (looked[2 * who + 1] as number) + actual * (1 - (isGuess[at] as number));
    }
  }
  return logLikelihood;
}

/** Turns expected counts into weights, exp ψ(count + prior) by exp ψ of their sum, which add up to less than 1. */
function maximise({ annotators, classes, spamming, strategy, looked, guessed }: State): void {
  for (let who = 0; who < annotators; who += 1) {
    normalise(spamming, looked, 2 * who, 2, lookingPrior);
    normalise(strategy, guessed, who * classes, classes, strategyPrior);
  }
}

function normalise(into: Float64Array, counts: Float64Array, from: number, length: number, prior: number): void {
  let sum = 0;
  for (let at = from; at < from + length; at += 1) sum += (counts[at] as number) + prior;
  const logTotal = digamma(sum);
  for (let at = from; at < from + length; at += 1)
    into[at] = Math.exp(digamma((counts[at] as number) + prior) - logTotal);
}
