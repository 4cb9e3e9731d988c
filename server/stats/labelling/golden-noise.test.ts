import { expect } from "vitest";
import { goldenDraws } from "../estimation/lcg-testing.ts";
import type { ClassProbabilities } from "./class-probabilities.ts";
import { noThreshold } from "./class-thresholds.ts";
import { confidentJoint, wrongShare } from "./confident-joint.ts";
import { flatRows, parity } from "./golden-parity-testing.ts";
import { type NoiseFilter, rowsByScore, wrongLabels } from "./label-noise.ts";
import { adjustedProbabilities, labelQuality } from "./label-quality.ts";
import { driftFactor, labelGain, queueRank } from "./queue-rank.ts";
import { uncertaintyOf } from "./uncertainty.ts";

const filters: Record<string, NoiseFilter> = {
  prune_by_noise_rate: "noise-rate",
  prune_by_class: "class",
  both: "both",
  confident_learning: "off-diagonal",
  predicted_neq_given: "best-class",
  low_normalized_margin: "low-margin",
  low_self_confidence: "low-confidence",
};

interface Noisy {
  labels: number[];
  truth: number[];
  probabilities: ClassProbabilities;
}

/** Generates the rows of a case, by the recipe of the golden file. */
function generated({ seed, rows, classes, noise, sharp }: Record<string, number>): Noisy {
  const u = goldenDraws(seed as number);
  const [labels, truth, values]: [number[], number[], number[]] = [[], [], []];
  const k = classes as number;
  for (let row = 0; row < (rows as number); row += 1) {
    const t = category(u(), k);
    const weights = Array.from({ length: k }, () => -Math.log(u()));
    weights[t] = (weights[t] as number) + (sharp as number);
    const sum = weights.reduce((a, b) => a + b, 0);
    values.push(...weights.map((weight) => weight / sum));
    truth.push(t);
    labels.push(u() < (noise as number) ? Math.floor(u() * k) : t);
  }
  return { labels, truth, probabilities: { values: Float64Array.from(values), classes: k } };
}

/** The first class whose cumulated share exceeds u. */
function category(u: number, classes: number): number {
  let sum = 0;
  for (let k = 0; k < classes; k += 1) {
    sum += 1 / classes;
    if (sum > u) return k;
  }
  return classes - 1;
}

parity("confident_learning", ({ input, expected }, close) => {
  const data: Noisy = input.generated
    ? generated(input.generated)
    : { labels: input.labels, truth: [], probabilities: flatRows(input.probabilities) };
  const joint = confidentJoint(data.labels, data.probabilities);
  const { classes } = joint;
  const table = (cells: Int32Array) =>
    Array.from({ length: classes }, (_, k) => Array.from(cells.subarray(k * classes, (k + 1) * classes)));
  close(
    Array.from(joint.thresholds, (one) => (one === noThreshold ? null : one)),
    expected.thresholds,
  );
  close(table(joint.counted), expected.confidentJoint);
  close(table(joint.calibrated), expected.calibratedJoint);
  const total = joint.calibrated.reduce((sum, count) => sum + count, 0);
  if (expected.joint) {
    close(
      table(joint.calibrated).map((row) => row.map((count) => count / total)),
      expected.joint,
    );
    const diagonal = expected.joint.reduce((sum: number, row: number[], k: number) => sum + (row[k] as number), 0);
    close(wrongShare(joint), 1 - diagonal);
  }
  const ownScore = labelQuality(data.labels, data.probabilities, "self-confidence");
  const issues = wrongLabels(data.labels, data.probabilities, joint);
  const ranked = rowsByScore(issues, ownScore);
  for (const [name, filter] of Object.entries(filters)) {
    const own = wrongLabels(data.labels, data.probabilities, joint, filter);
    if (expected.issues) close(own, expected.issues[name]);
    else close([own.length, own.reduce((sum, row) => sum + row, 0)], Object.values(expected.issueCounts[name]));
  }
  if (expected.ranked) close(ranked, expected.ranked);
  if (expected.firstRanked) close(ranked.subarray(0, expected.firstRanked.length), expected.firstRanked);
  if (expected.wrong === undefined) return;
  const isWrong = (row: number) => data.labels[row] !== data.truth[row];
  close(data.labels.filter((_, row) => isWrong(row)).length, expected.wrong);
  close(issues.filter(isWrong).length, expected.found);
});

parity("label_quality", ({ name, input, expected }, close) => {
  const probabilities = flatRows(input.probabilities);
  const adjusted = adjustedProbabilities(input.labels, probabilities);
  close(labelQuality(input.labels, probabilities, "self-confidence"), expected.self_confidence);
  close(labelQuality(input.labels, probabilities, "normalised-margin"), expected.normalized_margin);
  close(labelQuality(input.labels, adjusted, "self-confidence"), expected.adjusted.self_confidence);
  close(labelQuality(input.labels, adjusted, "normalised-margin"), expected.adjusted.normalized_margin);
  const entropy = labelQuality(input.labels, probabilities, "confidence-weighted-entropy");
  // The reference divides ln(1 + 0) by a floor there and calls a certain label the most doubtful of all.
  if (name === "certain and right") {
    expect(expected.confidence_weighted_entropy).toEqual([0, 0]);
    close(entropy, [1, 1]);
  } else close(entropy, expected.confidence_weighted_entropy);
});

parity("uncertainty", ({ input, expected }, close) => {
  const own = input.probabilities.map((row: number[]) => uncertaintyOf(row));
  for (const name of ["entropy", "lowConfidence", "margin", "ratio"] as const) {
    close(
      own.map((one: Record<string, number>) => one[name]),
      expected[name === "lowConfidence" ? "leastConfidence" : name],
    );
  }
});

parity("queue_rank", ({ input, expected }, close) => {
  const gain = labelGain(input.probabilities, input);
  const { drift, priority, rank } = queueRank({ ...input, gain });
  close([gain, drift, priority, rank], [expected.gain, expected.drift, expected.priority, expected.rank]);
  close(driftFactor(input.drift), expected.drift);
});
