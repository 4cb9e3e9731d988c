import { ArgumentError, requireFinite } from "../argument-error.ts";
import { orderByItem, requireVotes, type Votes } from "./votes.ts";

export interface DawidSkeneOptions {
  /** Steps of expectation and maximisation. */
  maxSteps?: number;
  /** Growth of the bound per vote below which steps stop. */
  tolerance?: number;
  /** Known class of items, −1 where it is unknown. */
  gold?: Int32Array | null;
  /**
   * Whether annotators of fewer than 20 votes have the confusion of all annotators as 10 votes more. Without, a few votes that happen to
   * agree make a newcomer certain.
   */
  hasFloor?: boolean;
}

/** Classes of items and confusions of annotators, estimated together. */
export interface DawidSkene {
  /** Probability of each class of each item: `items` rows of `classes`; all 0 for an item without votes. */
  posterior: Float64Array;
  /** Share of each class among items. */
  prior: Float64Array;
  /**
   * How each annotator answers: `confusion[(annotator · classes + given) · classes + actual]` is the probability of giving a class where
   * another is actual. Adds up to 1 over the given classes, of which those that an annotator never gave have 0.
   */
  confusion: Float64Array;
  steps: number;
  /** Evidence lower bound per vote. */
  bound: number;
}

/** Probabilities below are this: a class that nobody gave an item stays possible. */
const tiny = 1e-10;

/** Votes below which an annotator is measured by the pool too, and the votes by which the pool counts then. */
const fewVotes = 20;
const poolVotes = 10;

/** Numbers of the confusions of all annotators, of which three tables are kept: 480 MB at this limit. */
const maxCells = 2e7;

/** Checks whether the confusions of so many annotators, classes² numbers each, fit into memory. */
export function fitsDawidSkene({ annotators, classes }: Pick<Votes, "annotators" | "classes">): boolean {
  return annotators * classes * classes <= maxCells;
}

/**
 * Estimates the class of each item and how each annotator confuses classes, from votes alone, by expectation maximisation. An annotator
 * who always says the opposite counts in reverse. docs/spec/labelling.md section 6.2. Dawid and Skene, "Maximum likelihood estimation of
 * observer error-rates using the EM algorithm", Applied Statistics 28, 1979; steps, limits and stop as crowd-kit 1.4.2.
 * @throws ArgumentError for votes, gold or limits that do not fit, or more confusions than fitsDawidSkene allows
 */
export function dawidSkene(votes: Votes, options: DawidSkeneOptions = {}): DawidSkene {
  const steps = dawidSkeneSteps(votes, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Estimates the same step by step, for callers that share their thread: yields the bound after each step, returns the estimate.
 * @throws ArgumentError as dawidSkene, at the first step
 */
export function* dawidSkeneSteps(
  votes: Votes,
  { maxSteps = 100, tolerance = 1e-5, gold = null, hasFloor = false }: DawidSkeneOptions = {},
): Generator<number, DawidSkene, void> {
  requireVotes(votes);
  if (!fitsDawidSkene(votes)) throw new ArgumentError("There must be at most 20 million cells of confusions.");
  if (!(Number.isInteger(maxSteps) && maxSteps >= 1 && maxSteps <= 10_000)) {
    throw new ArgumentError("There must be 1 to 10,000 steps.");
  }
  requireFinite([tolerance], "Tolerances");
  const { items, classes } = votes;
  if (gold && (gold.length !== items || gold.some((one) => one < -1 || one >= classes))) {
    throw new ArgumentError("Gold must name a class or −1 for each item.");
  }
  const state = startFromShares(votes, gold, hasFloor);
  maximise(state);
  let bound = Number.NEGATIVE_INFINITY;
  let steps = 0;
  while (steps < maxSteps) {
    expect(state);
    maximise(state);
    const next = boundPerVote(state);
    steps += 1;
    yield next;
    const growth = next - bound;
    bound = next;
    if (growth < tolerance) break;
  }
  const { posterior, prior, confusion, start } = state;
  for (let item = 0; item < items; item += 1) {
    if (start[item] === start[item + 1]) continue;
    for (let at = item * classes; at < (item + 1) * classes; at += 1) {
      posterior[at] = Math.max(tiny, posterior[at] as number);
    }
  }
  return { posterior, prior, confusion, steps, bound };
}

interface State {
  items: number;
  annotators: number;
  classes: number;
  /** Votes in the order of items: start of each item, and the row of the confusion that each vote reads. */
  start: Int32Array;
  cell: Int32Array;
  voted: number;
  gold: Int32Array | null;
  posterior: Float64Array;
  prior: Float64Array;
  /** Sums of the posteriors of the votes of each cell. */
  counts: Float64Array;
  confusion: Float64Array;
  logConfusion: Float64Array;
  /** Whether an annotator gave a class. */
  isGiven: Uint8Array;
  /** Annotators of few votes, to whom the pool is added; none without the floor. */
  newcomers: number[];
  /** Entropy of the posteriors, summed over items. */
  entropy: number;
}

function startFromShares(votes: Votes, gold: Int32Array | null, hasFloor: boolean): State {
  const { item, annotator, given, items, annotators, classes } = votes;
  const { start, order } = orderByItem(item, items);
  const cell = new Int32Array(order.length);
  const isGiven = new Uint8Array(annotators * classes);
  const ofAnnotator = new Int32Array(annotators);
  const state: State = {
    items,
    annotators,
    classes,
    start,
    cell,
    voted: 0,
    gold,
    posterior: new Float64Array(items * classes),
    prior: new Float64Array(classes),
    counts: new Float64Array(annotators * classes * classes),
    confusion: new Float64Array(annotators * classes * classes),
    logConfusion: new Float64Array(annotators * classes * classes),
    isGiven,
    newcomers: [],
    entropy: 0,
  };
  for (let at = 0; at < items; at += 1) {
    const [from, to] = [start[at] as number, start[at + 1] as number];
    if (from === to) continue;
    state.voted += 1;
    for (let vote = from; vote < to; vote += 1) {
      const row = order[vote] as number;
      const [who, what] = [annotator[row] as number, given[row] as number];
      cell[vote] = who * classes + what;
      isGiven[who * classes + what] = 1;
      ofAnnotator[who] = (ofAnnotator[who] as number) + 1;
      const own = at * classes + what;
      state.posterior[own] = (state.posterior[own] as number) + 1 / (to - from);
    }
    pinGold(state, at);
    addVotes(state, at);
  }
  if (hasFloor) {
    for (let who = 0; who < annotators; who += 1) {
      const count = ofAnnotator[who] as number;
      if (count > 0 && count < fewVotes) state.newcomers.push(who);
    }
    // A newcomer may give whatever anyone gave.
    for (let what = 0; what < classes; what += 1) {
      const isKnown = ofAnnotator.some((_, who) => isGiven[who * classes + what] === 1);
      if (isKnown) for (const who of state.newcomers) isGiven[who * classes + what] = 1;
    }
  }
  return state;
}

function pinGold({ gold, posterior, classes }: State, item: number): void {
  const known = gold?.[item] ?? -1;
  if (known < 0) return;
  posterior.fill(0, item * classes, (item + 1) * classes);
  posterior[item * classes + known] = 1;
}

/** Adds the posterior of an item to the cells of its votes and to the shares of classes. */
function addVotes({ start, cell, posterior, counts, prior, classes }: State, item: number): void {
  const own = item * classes;
  for (let vote = start[item] as number; vote < (start[item + 1] as number); vote += 1) {
    const base = (cell[vote] as number) * classes;
    for (let one = 0; one < classes; one += 1) {
      counts[base + one] = (counts[base + one] as number) + (posterior[own + one] as number);
    }
  }
  for (let one = 0; one < classes; one += 1) prior[one] = (prior[one] as number) + (posterior[own + one] as number);
}

/** Turns sums into shares of classes and confusions. */
function maximise(state: State): void {
  const { annotators, classes, counts, confusion, logConfusion, isGiven, prior, voted } = state;
  for (let one = 0; one < classes && voted > 0; one += 1) prior[one] = (prior[one] as number) / voted;
  addPool(state);
  for (let who = 0; who < annotators; who += 1) {
    for (let actual = 0; actual < classes; actual += 1) {
      let sum = 0;
      for (let what = 0; what < classes; what += 1) {
        const at = (who * classes + what) * classes + actual;
        const count = isGiven[who * classes + what] ? Math.max(tiny, counts[at] as number) : 0;
        confusion[at] = count;
        sum += count;
      }
      for (let what = 0; what < classes && sum > 0; what += 1) {
        const at = (who * classes + what) * classes + actual;
        confusion[at] = (confusion[at] as number) / sum;
        logConfusion[at] = isGiven[who * classes + what] ? Math.log(confusion[at] as number) : 0;
      }
    }
  }
}

/** Adds the confusion of all votes to those of newcomers, as so many votes. */
function addPool({ newcomers, counts, classes, annotators, start, items }: State): void {
  if (newcomers.length === 0) return;
  const size = classes * classes;
  const pool = new Float64Array(size);
  for (let at = 0; at < annotators * size; at += 1) {
    pool[at % size] = (pool[at % size] as number) + (counts[at] as number);
  }
  const votes = start[items] as number;
  for (const who of newcomers) {
    for (let at = 0; at < size; at += 1) {
      const own = who * size + at;
      counts[own] = (counts[own] as number) + (poolVotes * (pool[at] as number)) / votes;
    }
  }
}

/** Computes the posteriors of items, and at once the sums of the next maximisation, which saves a second way through the votes. */
function expect(state: State): void {
  const { items, classes, start, cell, posterior, prior, counts, logConfusion } = state;
  const logPrior = prior.map((share) => Math.log(Math.max(tiny, share)));
  const logs = new Float64Array(classes);
  counts.fill(0);
  prior.fill(0);
  state.entropy = 0;
  const logTiny = Math.log(tiny);
  for (let item = 0; item < items; item += 1) {
    const [from, to] = [start[item] as number, start[item + 1] as number];
    if (from === to) continue;
    for (let one = 0; one < classes; one += 1) logs[one] = logPrior[one] as number;
    for (let vote = from; vote < to; vote += 1) {
      const base = (cell[vote] as number) * classes;
      for (let one = 0; one < classes; one += 1) {
        logs[one] = (logs[one] as number) + (logConfusion[base + one] as number);
      }
    }
    let highest = Number.NEGATIVE_INFINITY;
    for (let one = 0; one < classes; one += 1) if ((logs[one] as number) > highest) highest = logs[one] as number;
    const own = item * classes;
    let sum = 0;
    for (let one = 0; one < classes; one += 1) {
      const likelihood = Math.exp((logs[one] as number) - highest);
      posterior[own + one] = likelihood;
      sum += likelihood;
    }
    const logSum = highest + Math.log(sum);
    for (let one = 0; one < classes; one += 1) {
      const share = (posterior[own + one] as number) / sum;
      posterior[own + one] = share;
      state.entropy -= share > tiny ? share * ((logs[one] as number) - logSum) : tiny * logTiny;
    }
    if ((state.gold?.[item] ?? -1) >= 0) repinGold(state, item);
    addVotes(state, item);
  }
}

/** Sets the posterior of a gold item to its class, and its entropy to that of the limits. */
function repinGold(state: State, item: number): void {
  const { posterior, classes } = state;
  for (let at = item * classes; at < (item + 1) * classes; at += 1) {
    const share = Math.max(tiny, posterior[at] as number);
    state.entropy += share * Math.log(share);
  }
  pinGold(state, item);
  state.entropy -= (classes - 1) * tiny * Math.log(tiny);
}

/** Computes the expected log likelihood of the votes, with the prior of their class for each vote, and the entropy; per vote. */
function boundPerVote({ items, classes, start, posterior, prior, counts, logConfusion, entropy }: State): number {
  const votes = start[items] as number;
  if (votes === 0) return 0;
  const logPrior = prior.map((share) => Math.log(Math.max(tiny, share)));
  let expected = 0;
  for (let at = 0; at < counts.length; at += 1) expected += (counts[at] as number) * (logConfusion[at] as number);
  for (let item = 0; item < items; item += 1) {
    const count = (start[item + 1] as number) - (start[item] as number);
    if (count === 0) continue;
    let sum = 0;
    for (let one = 0; one < classes; one += 1) {
      sum += (posterior[item * classes + one] as number) * (logPrior[one] as number);
    }
    expected += count * sum;
  }
  return (expected + entropy) / votes;
}
