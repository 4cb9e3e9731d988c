import type { ClassProbabilities } from "#server/stats/labelling/class-probabilities.ts";
import { confidentJoint } from "#server/stats/labelling/confident-joint.ts";
import { hyperplaneCode, hyperplanes } from "#server/stats/labelling/near-duplicates.ts";
import type { Votes } from "#server/stats/labelling/votes.ts";
import { votesOf } from "#server/stats/labelling/votes-testing.ts";

type Random = () => number;

const oneOf = <T>(random: Random, ...of: T[]): T => of[Math.floor(random() * of.length)] as T;

/** Rows of probabilities, often certain ones, of one class to four; sometimes no rows. */
function drawnProbabilities(random: Random): ClassProbabilities {
  const [classes, rows] = [1 + Math.floor(4 * random()), Math.floor(3 * random()) * 5];
  const isCertain = random() < 0.3;
  const values = Array.from({ length: rows }, () => {
    const row = Array.from({ length: classes }, () => (isCertain ? 1e-300 : random()));
    row[Math.floor(random() * classes)] = 1;
    const sum = row.reduce((total, value) => total + value, 0);
    return row.map((value) => value / sum);
  }).flat();
  return { values: random() < 0.5 ? Float64Array.from(values) : Float32Array.from(values), classes };
}

/** Labels of drawn rows: all of one class, or of any. */
function drawnLabels(random: Random): [number[], ClassProbabilities] {
  const probabilities = drawnProbabilities(random);
  const { values, classes } = probabilities;
  const same = random() < 0.3;
  const labels = Array.from({ length: values.length / classes }, () => (same ? 0 : Math.floor(random() * classes)));
  return [labels, probabilities];
}

function drawnNoise(random: Random): unknown[] {
  const [labels, probabilities] = drawnLabels(random);
  const filter = oneOf(random, "noise-rate", "class", "both", "off-diagonal", "best-class", "low-margin");
  return [labels, probabilities, confidentJoint(labels, probabilities), filter];
}

function drawnRow(random: Random): number[] {
  return Array.from({ length: 1 + Math.floor(4 * random()) }, () => oneOf(random, 0, 1, random()));
}

/** Embeddings of so many rows, often all equal. */
function drawnEmbeddings(random: Random, rows: number) {
  const isSame = random() < 0.3;
  return { values: Float64Array.from({ length: 2 * rows }, () => (isSame ? 1 : random() - 0.5)), dimensions: 2 };
}

/** Votes of three annotators on drawn items, some of one vote, and a model's probabilities. */
function drawnVotes(random: Random): { votes: Votes; probabilities: ClassProbabilities } {
  const probabilities = drawnProbabilities(random);
  const { values, classes } = probabilities;
  const rows = Array.from({ length: values.length / classes }, (_, row) => {
    const vote = () => Math.floor(random() * classes);
    return row % 3 === 0 ? [vote(), vote(), vote()] : [null, vote(), null];
  });
  return { votes: votesOf(rows, { isByItem: true, classes }), probabilities };
}

function drawnVoteArguments(random: Random): [Votes, ClassProbabilities] {
  const { votes, probabilities } = drawnVotes(random);
  return [votes, probabilities];
}

/** Arguments of functions of label noise whose parameters depend on each other. */
export const labelNoiseArguments: Record<string, (random: Random) => unknown[]> = {
  classThresholds: drawnLabels,
  confidentJoint: drawnLabels,
  wrongLabels: drawnNoise,
  wrongShare: (random) => [confidentJoint(...drawnLabels(random))],
  rowsByScore: (random) => [Int32Array.from([2, 0, 1]), Float64Array.from([random(), 0, 0])],
  labelQuality: (random) => [
    ...drawnLabels(random),
    oneOf(random, "self-confidence", "normalised-margin", "confidence-weighted-entropy"),
  ],
  adjustedProbabilities: drawnLabels,
  wrongShareInterval: (random) => [...drawnLabels(random), { resamples: 3 }],
  labelNoise: (random) => [...drawnLabels(random), { resamples: 3 }],
  classPairs: (random) => [confidentJoint(...drawnLabels(random))],
  classNoise: (random) => [confidentJoint(...drawnLabels(random))],
  coreSet: (random) => [drawnEmbeddings(random, 5), random() < 0.5 ? [] : [4, 2], 3],
  badge: (random) => {
    const probabilities = drawnProbabilities(random);
    const rows = probabilities.values.length / probabilities.classes;
    return [probabilities, drawnEmbeddings(random, rows), { count: 3, random }];
  },
  gradientLengths: (random) => {
    const probabilities = drawnProbabilities(random);
    return [probabilities, drawnEmbeddings(random, probabilities.values.length / probabilities.classes)];
  },
  countVotes: drawnVoteArguments,
  crowdLab: drawnVoteArguments,
  voteTemperature: (random) => [...drawnVoteArguments(random), 0],
  atTemperature: (random) => [drawnProbabilities(random), oneOf(random, 0.01, 1, 100)],
  activeLab: (random) => [oneOf(random, null, drawnVotes(random)), oneOf(random, null, drawnProbabilities(random)), 0],
  ruleShares: (random) => [drawnVotes(random).votes],
  weakLabels: (random) => {
    const { votes } = drawnVotes(random);
    return [votes, new Array<number>(votes.classes).fill(1 / votes.classes)];
  },
  correlatedRules: (random) => {
    const { votes } = drawnVotes(random);
    return [votes, Array.from({ length: votes.items }, () => Math.floor(3 * random()) - 1)];
  },
  hyperplaneCode: (random) => [[random(), -random()], hyperplanes(2)],
  groupTwins: (random) => [
    Array.from({ length: 4 }, (_, at) => ({
      code: oneOf(random, null, hyperplaneCode([random(), random() - 1], hyperplanes(2))),
      digest: String(oneOf(random, 0, at)),
    })),
  ],
  uncertaintyOf: (random) => [drawnRow(random)],
  labelGain: (random) => {
    const row = drawnRow(random);
    const label = oneOf(random, null, Math.floor(random() * row.length));
    return [row, { label, disagreement: oneOf(random, 0, 1, random()), classNoise: row }];
  },
};
