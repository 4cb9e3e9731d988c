import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "../random.ts";
import type { ClassProbabilities } from "./class-probabilities.ts";
import { confidentJoint, wrongShare } from "./confident-joint.ts";
import { rowsByScore, wrongLabels } from "./label-noise.ts";
import { adjustedProbabilities, labelQuality } from "./label-quality.ts";

function flat(...rows: number[][]): ClassProbabilities {
  return { values: Float64Array.from(rows.flat()), classes: rows[0]?.length ?? 1 };
}

test("counts a row for the best of the classes whose threshold it reaches, not for one that it does not reach", () => {
  // Thresholds are 0.7, 0.3 and 0.275: the last row reaches those of classes 1 and 2, and its best class is 0.
  const labels = [0, 0, 1, 2, 2];
  const probabilities = flat([0.9, 0.05, 0.05], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1], [0.8, 0, 0.2], [0.4, 0.25, 0.35]);
  const { likely, thresholds } = confidentJoint(labels, probabilities);
  expect(Array.from(thresholds, (one) => Number(one.toFixed(3)))).toEqual([0.7, 0.3, 0.275]);
  expect(Array.from(likely)).toEqual([0, 2, 1, 0, 2]);
  const both = flat([0.9, 0.05, 0.05], [0.5, 0.2, 0.3], [0.35, 0.32, 0.33], [0.8, 0, 0.2], [0.4, 0.25, 0.35]);
  // The third row reaches 0.32 and 0.275 only.
  expect(confidentJoint(labels, both).likely[2]).toBe(2);
});

test("says the same on any machine when values are equal: the earlier row, the smaller class", () => {
  const labels = [0, 0, 0, 0, 1, 1, 1, 1];
  const probabilities = flat(...labels.map((_, row) => (row < 4 ? [0.2, 0.8] : [0.2, 0.8])));
  const joint = confidentJoint(labels, probabilities);
  expect(Array.from(joint.likely)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  // One row of class 0 stays on the diagonal, so the joint leaves three of four to be doubted, the first ones.
  expect(Array.from(joint.calibrated)).toEqual([1, 3, 0, 4]);
  expect(Array.from(wrongLabels(labels, probabilities, joint))).toEqual([0, 1, 2]);
  expect(Array.from(rowsByScore(Int32Array.of(3, 1, 2), Float64Array.of(0, 0.5, 0.5, 0.5)))).toEqual([1, 2, 3]);
});

test("never doubts the only row of a class, and keeps classes without rows out", () => {
  const labels = [0, 0, 0, 2];
  const probabilities = flat([0.9, 0.1, 0], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [1, 0, 0]);
  const joint = confidentJoint(labels, probabilities);
  expect(joint.thresholds[1]).toBe(2);
  for (const filter of ["noise-rate", "class", "both"] as const) {
    expect(Array.from(wrongLabels(labels, probabilities, joint, filter))).not.toContain(3);
  }
  expect(wrongShare(confidentJoint([], { values: new Float64Array(0), classes: 3 }))).toBe(0);
});

test("refuses what is no probability or no class", () => {
  expect(() => confidentJoint([0, 1], flat([0.5, 0.5]))).toThrow("one label");
  expect(() => confidentJoint([2], flat([0.5, 0.5]))).toThrow("classes from 0");
  expect(() => confidentJoint([0], flat([1.2, -0.2]))).toThrow("from 0 to 1");
  expect(confidentJoint([0], flat([1 + 1e-7, 0])).likely[0]).toBe(0);
  expect(() => confidentJoint([0], { values: Float64Array.of(1, 0, 0), classes: 2 })).toThrow("every class");
  expect(() => labelQuality([0.5], flat([0.5, 0.5]))).toThrow("classes from 0");
  const joint = confidentJoint([0, 1], flat([0.5, 0.5], [0.5, 0.5]));
  expect(() => wrongLabels([0], flat([0.5, 0.5]), joint)).toThrow("same rows");
});

interface Rows {
  labels: number[];
  wrong: Set<number>;
  scores: number[];
}

/** Draws rows of which 0.2 % are positive, with calibrated scores, and a tenth of the labels of positives lost. */
function rareRows(random: Random, rows: number): Rows {
  const scores = Array.from({ length: rows }, () => 1 / (1 + Math.exp(10.2 - 3 * normalFrom(random))));
  const truth = scores.map((score) => (random() < score ? 1 : 0));
  const labels = truth.map((one) => (one === 1 && random() < 0.1 ? 0 : one));
  return { labels, wrong: new Set(labels.flatMap((label, row) => (label === truth[row] ? [] : [row]))), scores };
}

function binary(scores: readonly number[]): ClassProbabilities {
  return { values: Float64Array.from(scores.flatMap((score) => [1 - score, score])), classes: 2 };
}

test("ranks lost labels of a class of 0.2 % far before chance with calibrated scores, and adjusting doubts fewer of its own", () => {
  const { labels, wrong, scores } = rareRows(seededRandom(12), 100_000);
  const positives = labels.filter((label) => label === 1).length + wrong.size;
  expect(positives / labels.length).toBeGreaterThan(0.0015);
  expect(positives / labels.length).toBeLessThan(0.0025);
  const probabilities = binary(scores);
  const found = (quality: Float64Array) => {
    const zeros = Int32Array.from(labels.keys()).filter((row) => labels[row] === 0);
    return (
      rowsByScore(zeros, quality)
        .subarray(0, 1000)
        .filter((row) => wrong.has(row)).length / wrong.size
    );
  };
  expect(found(labelQuality(labels, probabilities))).toBeCloseTo(0.643, 3);
  // A positive label is the doubtful one by its own score, a negative one by the adjusted.
  const [own, adjusted] = [probabilities, adjustedProbabilities(labels, probabilities)].map((one) =>
    labelQuality(labels, one),
  ) as [Float64Array, Float64Array];
  const rareAmongFirst = (quality: Float64Array) =>
    rowsByScore(Int32Array.from(labels.keys()), quality)
      .subarray(0, 200)
      .filter((row) => labels[row] === 1).length;
  expect(rareAmongFirst(adjusted)).toBeLessThan(rareAmongFirst(own));
});

test("doubts a multiple of the labels when scores of the rare class are not calibrated", () => {
  const { labels, wrong, scores } = rareRows(seededRandom(13), 100_000);
  // As of a model trained on a balanced sample: the odds are multiplied.
  const shifted = scores.map((score) => (200 * score) / (200 * score + 1 - score));
  const doubted = (of: readonly number[]) => {
    const probabilities = binary(of);
    const rows = wrongLabels(labels, probabilities, confidentJoint(labels, probabilities));
    return { count: rows.length, correct: rows.filter((row) => wrong.has(row)).length / Math.max(1, rows.length) };
  };
  const [calibrated, uncalibrated] = [doubted(scores), doubted(shifted)];
  expect(uncalibrated.count).toBeGreaterThan(3 * calibrated.count);
  expect(uncalibrated.correct).toBeLessThan(calibrated.correct / 2);
});

test("says the same of probabilities of 32 bits as of 64", () => {
  const random = seededRandom(14);
  const labels = Array.from({ length: 5000 }, () => Math.floor(4 * random()));
  const values = Float64Array.from(
    labels.flatMap((label) => {
      // One label in ten is not the class that the model finds.
      const likely = random() < 0.1 ? (label + 1) % 4 : label;
      const scores = [0, 1, 2, 3].map((k) => random() + (k === likely ? 2 : 0));
      const sum = scores.reduce((total, score) => total + score, 0);
      return scores.map((score) => score / sum);
    }),
  );
  const [wide, narrow] = [values, Float32Array.from(values)].map((of) => {
    const probabilities = { values: of, classes: 4 };
    return wrongLabels(labels, probabilities, confidentJoint(labels, probabilities));
  });
  expect(wide?.length).toBeGreaterThan(300);
  expect(narrow).toEqual(wide);
});
