import { ArgumentError } from "../argument-error.ts";
import { classCounts, orderByItem, type Votes } from "./votes.ts";

/** How a rule votes beside the others, each a share of all items. */
export interface RuleShares {
  /** Items it votes on. */
  coverage: number;
  /** Items it votes on together with another rule. */
  overlap: number;
  /** Items on which another rule votes differently. */
  conflict: number;
}

/** Labels that rules agree on: never the actual classes, and never in a frozen set. */
export interface WeakLabels {
  /** Posterior by item, a value per class; the prior where every rule abstains. */
  posterior: Float64Array;
  /** Estimated accuracy of each rule; 0.7 for one that never votes. */
  accuracy: Float64Array;
}

const firstAccuracy = 0.7;
const steps = 200;

/**
 * Computes how often each rule votes, with others, and against them (docs/spec/labelling.md section 9.7).
 * @param votes of rules as annotators; a rule that abstains has no vote
 * @throws ArgumentError for votes that do not fit
 */
export function ruleShares(votes: Votes): RuleShares[] {
  const { items, annotators, classes, item, annotator, given } = votes;
  const byClass = classCounts(votes);
  const byItem = new Float64Array(items);
  for (let vote = 0; vote < item.length; vote += 1) {
    byItem[item[vote] as number] = (byItem[item[vote] as number] as number) + 1;
  }
  const count = () => new Float64Array(annotators);
  const [covered, overlapping, conflicting] = [count(), count(), count()];
  for (let vote = 0; vote < item.length; vote += 1) {
    const [i, rule] = [item[vote] as number, annotator[vote] as number];
    covered[rule] = (covered[rule] as number) + 1;
    const all = byItem[i] as number;
    if (all > 1) overlapping[rule] = (overlapping[rule] as number) + 1;
    if (all > (byClass[i * classes + (given[vote] as number)] as number)) {
      conflicting[rule] = (conflicting[rule] as number) + 1;
    }
  }
  const share = (of: Float64Array, rule: number) => (items > 0 ? (of[rule] as number) / items : 0);
  return Array.from({ length: annotators }, (_, rule) => ({
    coverage: share(covered, rule),
    overlap: share(overlapping, rule),
    conflict: share(conflicting, rule),
  }));
}

/**
 * Estimates the accuracy of each rule and the class of each item from votes of rules alone, by expectation maximisation with one accuracy per
 * rule, which is 0.7 at first and has one correct and one incorrect vote more than were given. Ratner, De Sa, Wu, Selsam, Ré, "Data programming:
 * creating large training sets, quickly", NeurIPS 2016, without dependencies of rules: one that is there twice counts twice.
 * @param prior of each class
 * @throws ArgumentError for votes that do not fit, fewer than two classes, or a prior that is none
 */
export function weakLabels(votes: Votes, prior: readonly number[]): WeakLabels {
  const { items, annotators, classes, item, annotator, given } = votes;
  const { start, order } = orderByItem(item, items);
  classCounts(votes);
  const total = prior.reduce((sum, share) => sum + share, 0);
  if (classes < 2 || prior.length !== classes || !prior.every((share) => share >= 0) || !(Math.abs(total - 1) < 1e-6)) {
    throw new ArgumentError("A prior must have a share of each of at least two classes, with a sum of 1.");
  }
  const accuracy = new Float64Array(annotators).fill(firstAccuracy);
  const posterior = new Float64Array(items * classes);
  const seen = new Float64Array(annotators);
  for (let vote = 0; vote < item.length; vote += 1) {
    seen[annotator[vote] as number] = (seen[annotator[vote] as number] as number) + 1;
  }
  const expect = () => {
    for (let i = 0; i < items; i += 1) {
      const own = posterior.subarray(i * classes, (i + 1) * classes);
      own.set(prior.map(Math.log));
      for (let at = start[i] as number; at < (start[i + 1] as number); at += 1) {
        const vote = order[at] as number;
        const correct = accuracy[annotator[vote] as number] as number;
        for (let k = 0; k < classes; k += 1) {
          const chance = given[vote] === k ? correct : (1 - correct) / (classes - 1);
          own[k] = (own[k] as number) + Math.log(chance);
        }
      }
      const most = own.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY);
      own.set(own.map((value) => Math.exp(value - most)));
      const sum = own.reduce((all, value) => all + value, 0);
      own.set(own.map((value) => value / sum));
    }
  };
  for (let step = 0; step < steps; step += 1) {
    expect();
    const correct = new Float64Array(annotators);
    for (let vote = 0; vote < item.length; vote += 1) {
      const rule = annotator[vote] as number;
      const chance = posterior[(item[vote] as number) * classes + (given[vote] as number)] as number;
      correct[rule] = (correct[rule] as number) + chance;
    }
    for (let rule = 0; rule < annotators; rule += 1) {
      if (seen[rule] === 0) continue;
      accuracy[rule] = ((correct[rule] as number) + 1) / ((seen[rule] as number) + 2);
    }
  }
  expect();
  return { posterior, accuracy };
}

/** Two rules whose errors come together, so that they count as more evidence than they are. */
export interface RulePair {
  first: number;
  second: number;
  /** Of the errors on items that both voted on. */
  correlation: number;
}

const minShared = 30;

/**
 * Finds pairs of rules whose errors are correlated by more than a limit, on items whose class is known and that both voted on, at least 30.
 * @param actual class of each item, −1 where it is unknown
 * @throws ArgumentError for votes or classes that do not fit
 */
export function correlatedRules(votes: Votes, actual: ArrayLike<number>, limit = 0.5): RulePair[] {
  const { items, annotators, annotator, given } = votes;
  const { start, order } = orderByItem(votes.item, items);
  classCounts(votes);
  if (actual.length !== items) throw new ArgumentError("Each item must have a class, or −1.");
  const cells = new Map<number, { shared: number; both: number; first: number; second: number }>();
  for (let i = 0; i < items; i += 1) {
    if ((actual[i] as number) < 0) continue;
    for (let a = start[i] as number; a < (start[i + 1] as number); a += 1) {
      for (let b = a + 1; b < (start[i + 1] as number); b += 1) {
        const pair = [order[a] as number, order[b] as number].sort(
          (one, other) => (annotator[one] as number) - (annotator[other] as number),
        );
        const [first, second] = pair as [number, number];
        const key = (annotator[first] as number) * annotators + (annotator[second] as number);
        const cell = cells.get(key) ?? { shared: 0, both: 0, first: 0, second: 0 };
        const wrong = [given[first] !== actual[i] ? 1 : 0, given[second] !== actual[i] ? 1 : 0] as const;
        cell.shared += 1;
        cell.first += wrong[0];
        cell.second += wrong[1];
        cell.both += wrong[0] * wrong[1];
        cells.set(key, cell);
      }
    }
  }
  const pairs: RulePair[] = [];
  for (const [key, { shared, both, first, second }] of cells) {
    const variance = first * (shared - first) * second * (shared - second);
    if (shared < minShared || variance === 0) continue;
    const correlation = (shared * both - first * second) / Math.sqrt(variance);
    if (correlation > limit) pairs.push({ first: Math.floor(key / annotators), second: key % annotators, correlation });
  }
  return pairs.sort((a, b) => b.correlation - a.correlation);
}
