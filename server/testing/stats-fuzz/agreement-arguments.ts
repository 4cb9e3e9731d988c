import type { Votes } from "#server/stats/labelling/votes.ts";

type Random = () => number;

const below = (random: Random, count: number) => Math.floor(random() * count);

/** Draws votes of up to three annotators on up to six items, often none or all the same. */
function drawnVotes(random: Random): Votes {
  const [items, annotators, classes] = [below(random, 7), 1 + below(random, 3), 1 + below(random, 3)];
  const same = random() < 0.3 ? 0 : undefined;
  const rows = Array.from({ length: items * annotators }, (_, at) => at).filter(() => random() < 0.8);
  return {
    item: Int32Array.from(rows, (at) => Math.floor(at / annotators)),
    annotator: Int32Array.from(rows, (at) => at % annotators),
    given: Int32Array.from(rows, () => same ?? below(random, classes)),
    items,
    annotators,
    classes,
  };
}

/** Draws numbers, often equal or far apart, in place of classes. */
function drawnRatings(random: Random) {
  const { item, given, items } = drawnVotes(random);
  const scale = [0, 1e-150, 1, 1e150][below(random, 4)] as number;
  const weight = Float64Array.from(item, () => 0.5 + below(random, 2) / 2);
  const value = Float64Array.from(given, (one) => one * scale);
  return random() < 0.5 ? { item, value, items, weight } : { item, value, items };
}

function drawnCounts(random: Random) {
  const [items, classes] = [below(random, 5), 1 + below(random, 4)];
  const most = random() < 0.5 ? 4 : 1e9;
  return { counts: Float64Array.from({ length: items * classes }, () => below(random, most)), items, classes };
}

function drawnBoxes(random: Random) {
  const side = () => (random() < 0.2 ? 0 : random() * 40);
  return Array.from({ length: below(random, 5) }, () => ({
    x: random() * 20,
    y: random() * 20,
    width: side(),
    height: side(),
    label: random() < 0.5 ? "car" : "van",
  }));
}

function drawnSpans(random: Random) {
  return Array.from({ length: below(random, 5) }, () => {
    const start = below(random, 9);
    return { start, end: start + below(random, 5), label: random() < 0.5 ? "PER" : "ORG" };
  });
}

function drawnShares(random: Random, count: number): number[] {
  const shares = Array.from({ length: count }, () => (random() < 0.3 ? 0 : random()));
  const sum = shares.reduce((all, one) => all + one, 0);
  return sum > 0 ? shares.map((one) => one / sum) : shares.map(() => 1 / count);
}

function drawnAnswers(random: Random) {
  const { item, given, items, classes } = drawnVotes(random);
  return { item, chosen: Array.from(given, (one) => (random() < 0.3 ? [] : [one])), items, classes };
}

const level = (random: Random) => ["nominal", "ordinal", "interval", "ratio"][below(random, 4)];
const weights = (random: Random) => ["none", "linear", "quadratic"][below(random, 3)];

function drawnRecord(random: Random) {
  const seen = below(random, 60);
  return { correct: below(random, seen + 1), seen };
}

/** Arguments of the functions of agreement and consensus, whose columns belong together. */
export const agreementArguments: Record<string, (random: Random) => unknown[]> = {
  requireVotes: (random) => [drawnVotes(random)],
  classCounts: (random) => [drawnVotes(random)],
  orderByItem: (random) => {
    const { item, items } = drawnVotes(random);
    return [item, items];
  },
  krippendorffAlpha: (random) => [drawnRatings(random), level(random)],
  alphaSums: (random) => [drawnRatings(random), level(random)],
  alphaInterval: (random) => [drawnRatings(random), level(random), { random, resamples: 20 }],
  multiLabelAlpha: (random) => [drawnAnswers(random), { random, resamples: 20 }],
  cohenKappa: (random) => {
    const classes = below(random, 4);
    const table = Array.from({ length: classes }, () => Array.from({ length: classes }, () => below(random, 9)));
    return [table, weights(random)];
  },
  fleissKappa: (random) => [drawnCounts(random), { weights: weights(random) }],
  gwetAgreement: (random) => [drawnCounts(random), { weights: weights(random) }],
  pairwiseAgreement: (random) => [drawnVotes(random)],
  bestAssignment: (random) => {
    const width = below(random, 4);
    return [Array.from({ length: below(random, 4) }, () => Array.from({ length: width }, () => random() - 0.3))];
  },
  matchBoxes: (random) => [drawnBoxes(random), drawnBoxes(random)],
  boxOverlap: (random) => {
    const box = { x: random(), y: random(), width: below(random, 2), height: random() * 1e9, label: "car" };
    return [box, { ...box, x: random() }];
  },
  boxAgreement: (random) => [drawnBoxes(random), drawnBoxes(random)],
  spanAgreement: (random) => [drawnSpans(random), drawnSpans(random)],
  majorityVote: (random) => {
    const votes = drawnVotes(random);
    if (random() < 0.5) return [votes];
    return [votes, Float64Array.from({ length: votes.items * votes.classes }, random)];
  },
  dawidSkene: (random) => [drawnVotes(random), { hasFloor: random() < 0.5, maxSteps: 1 + below(random, 20) }],
  mace: (random) => {
    const votes = drawnVotes(random);
    const draw = (count: number) => Float64Array.from({ length: count }, () => 1e-9 + random());
    const start = { spamming: draw(2 * votes.annotators), strategy: draw(votes.annotators * votes.classes) };
    return [votes, start, below(random, 9)];
  },
  bestMace: (random) => [drawnVotes(random), { random, restarts: 2, steps: 3 }],
  annotatorAccuracy: (random) => [drawnRecord(random), random(), 2 + below(random, 5)],
  consensusStep: (random) => {
    const classes = 2 + below(random, 3);
    const votes = Array.from({ length: below(random, 6) }, () => ({
      accuracy: 0.01 + 0.98 * random(),
      given: below(random, classes),
    }));
    const model = random() < 0.5 ? drawnShares(random, classes) : null;
    return [
      { votes, prior: drawnShares(random, classes), model, unclear: below(random, 3) },
      { stop: 0.95, minAnswers: 1, maxAnswers: 5 },
    ];
  },
  expectedFurtherAnswers: (random) => [
    { posterior: drawnShares(random, 2 + below(random, 4)), answers: below(random, 4) },
    0.01 + 0.98 * random(),
    { stop: 0.95, minAnswers: below(random, 3), maxAnswers: below(random, 5) },
  ],
  evaluateGold: (random) => [drawnRecord(random), random()],
  boxConsensus: (random) => [
    Array.from({ length: below(random, 4) }, () => ({ accuracy: 0.01 + 0.99 * random(), boxes: drawnBoxes(random) })),
  ],
  spanConsensus: (random) => [
    Array.from({ length: below(random, 7) }, () => ({
      item: below(random, 3),
      annotator: below(random, 3),
      spans: drawnSpans(random),
    })),
  ],
  numberConsensus: (random) => {
    const { item, annotator, given, items, annotators } = drawnVotes(random);
    const scale = [0, 1e-150, 1, 1e150][below(random, 4)] as number;
    return [{ item, annotator, value: Float64Array.from(given, (one) => one * scale), items, annotators }];
  },
  pauseChance: (random) => [random(), { golds: below(random, 30), floor: random() }],
};
