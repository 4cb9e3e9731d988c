import { expect, test } from "vitest";
import { type Random, seededRandom } from "../random.ts";
import type { ClassProbabilities } from "./class-probabilities.ts";
import { confidentJoint, wrongShare } from "./confident-joint.ts";
import { labelNoise } from "./label-noise-report.ts";
import { classNoise, classPairs, wrongShareInterval } from "./noise-share.ts";

interface Drawn {
  labels: Uint8Array;
  truth: Uint8Array;
  probabilities: ClassProbabilities;
}

/** Draws rows of a fair model; a share of the labels of class 0 is replaced by class 1. */
function drawnRows(random: Random, { rows, classes, wrong }: { rows: number; classes: number; wrong: number }): Drawn {
  const [labels, truth] = [new Uint8Array(rows), new Uint8Array(rows)];
  const values = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * classes, (row + 1) * classes);
    const k = Math.floor(random() * classes);
    for (let at = 0; at < classes; at += 1) own[at] = -Math.log(1 - random());
    own[k] = (own[k] as number) + 12;
    const sum = own.reduce((total, value) => total + value, 0);
    own.set(own.map((value) => value / sum));
    truth[row] = k;
    labels[row] = k === 0 && random() < wrong ? 1 : k;
  }
  return { labels, truth, probabilities: { values, classes } };
}

test("estimates how many labels are wrong, with an interval that holds the estimate, and names the classes", () => {
  const { labels, truth, probabilities } = drawnRows(seededRandom(3), { rows: 4000, classes: 4, wrong: 0.3 });
  const wrong = labels.filter((label, row) => label !== truth[row]).length / labels.length;
  const joint = confidentJoint(labels, probabilities);
  // Wrong rows lower the threshold of their class, so more rows count on the diagonal: the estimate is cautious.
  expect(wrongShare(joint)).toBeGreaterThan(wrong / 2);
  expect(wrongShare(joint)).toBeLessThan(wrong);
  const interval = wrongShareInterval(labels, probabilities);
  expect(interval?.low).toBeLessThan(wrongShare(joint));
  expect(interval?.high).toBeGreaterThan(wrongShare(joint));
  expect((interval?.high ?? 1) - (interval?.low ?? 0)).toBeLessThan(0.03);
  expect(classPairs(joint)[0]).toMatchObject({ given: 1, likely: 0 });
  // Rows labelled 1 are those of class 1 and 0.3 as many of class 0.
  expect(classNoise(joint)[1]).toBeGreaterThan(0.1);
  expect(classNoise(joint)[2]).toBeLessThan(0.02);
  expect(wrongShareInterval(labels, probabilities)).toEqual(interval);
});

test("covers the share of many rows in about 95 % of draws, and narrows with the root of the rows", () => {
  const random = seededRandom(8);
  const { labels, probabilities } = drawnRows(random, { rows: 60_000, classes: 3, wrong: 0.2 });
  const whole = wrongShare(confidentJoint(labels, probabilities));
  let covered = 0;
  const widths = new Map<number, number>();
  for (const rows of [300, 1200]) {
    for (let draw = 0; draw < 100; draw += 1) {
      const from = Math.floor(random() * (60_000 - rows));
      const part = { values: probabilities.values.subarray(3 * from, 3 * (from + rows)), classes: 3 };
      const interval = wrongShareInterval(labels.subarray(from, from + rows), part, { resamples: 100, seed: draw });
      if (!interval) throw new Error("There is no interval.");
      if (interval.low <= whole && whole <= interval.high) covered += 1;
      widths.set(rows, (widths.get(rows) ?? 0) + interval.high - interval.low);
    }
  }
  expect(covered / 200).toBeGreaterThan(0.88);
  expect((widths.get(300) as number) / (widths.get(1200) as number)).toBeCloseTo(2, 0);
});

test("lists the doubtful labels with their likely class, the most doubtful first, and can be sent to another thread", () => {
  const { labels, truth, probabilities } = drawnRows(seededRandom(5), { rows: 3000, classes: 3, wrong: 0.2 });
  const noise = structuredClone(labelNoise(labels, probabilities, { most: 50, resamples: 20 }));
  expect(noise.list).toHaveLength(50);
  expect(noise.doubtful).toBeGreaterThan(100);
  expect(noise.list.every(({ row, given, likely }) => given === labels[row] && likely === truth[row])).toBe(true);
  expect(noise.list.every(({ score, probability }) => probability > score && probability <= 1)).toBe(true);
  const scores = noise.list.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => a - b));
});

test("says nothing about no rows", () => {
  const none = { values: new Float64Array(0), classes: 2 };
  expect(labelNoise([], none)).toMatchObject({
    rows: 0,
    share: null,
    interval: null,
    pairs: [],
    doubtful: 0,
    list: [],
  });
  expect(() => wrongShareInterval([], none, { resamples: 0 })).toThrow("resamples");
});

test("draws the interval as if every resample were computed in full", () => {
  const rows = 500;
  const { labels, probabilities } = drawnRows(seededRandom(21), { rows, classes: 3, wrong: 0.4 });
  const random = seededRandom(4);
  const shares = Array.from({ length: 40 }, () => {
    const drawn = Array.from({ length: rows }, () => Math.floor(random() * rows));
    const values = Float64Array.from(drawn.flatMap((row) => [...probabilities.values.subarray(3 * row, 3 * row + 3)]));
    const { counted } = confidentJoint(
      drawn.map((row) => labels[row] as number),
      { values, classes: 3 },
    );
    return [0, 1, 2].reduce((sum, k) => {
      const all = counted.subarray(3 * k, 3 * k + 3).reduce((total, count) => total + count, 0);
      const given = drawn.filter((row) => labels[row] === k).length;
      return sum + (given / rows) * (1 - (counted[4 * k] as number) / all);
    }, 0);
  }).toSorted((a, b) => a - b);
  const interval = wrongShareInterval(labels, probabilities, { resamples: 40, seed: 4, level: 0.9 });
  expect(interval?.low).toBeCloseTo(shares[2] as number, 12);
  expect(interval?.high).toBeCloseTo(shares[37] as number, 12);
});
