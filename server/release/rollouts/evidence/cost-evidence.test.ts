import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { costDifference, costLogE } from "./cost-evidence.ts";
import type { ArmSum } from "./sums.ts";

/** One of three guardrails that share 5%. */
const alpha = 0.05 / 3;
const threshold = Math.log(1 / alpha);
const weight = 0.1;
const requests = 20_000;
/** Costs with a tail: one in a hundred is more than thirty times the median. */
const cost = (random: Random) => Math.exp(1.5 * normalFrom(random));
/** The 99th percentile of these, as it is frozen from the record. */
const clip = Math.exp(1.5 * 2.3263);

/** Returns whether a rollout is blamed for its costs when it is evaluated after every hundred requests. */
function isBlamed(random: Random, times: number, margin: number): boolean {
  const none = (): ArmSum => ({ units: 0, events: 0, misses: 0, sum: 0, sumSquares: 0 });
  const [canary, stable] = [none(), none()];
  for (let request = 1; request <= requests; request += 1) {
    const isCanary = random() < weight;
    const value = Math.min(clip, cost(random) * (isCanary ? times : 1));
    const arm = isCanary ? canary : stable;
    arm.units += 1;
    arm.sum += value;
    arm.sumSquares += value ** 2;
    if (request % 100 === 0 && costLogE([{ canary, stable }], margin, alpha) >= threshold) return true;
  }
  return false;
}

function blamedShare(runs: number, times: number, margin: number, seed: number): number {
  const random = seededRandom(seed);
  return Array.from({ length: runs }, () => isBlamed(random, times, margin)).filter(Boolean).length / runs;
}

test("blames equal heavy-tailed costs in no more rollouts than its share of alpha, at 200 evaluations each", () => {
  expect(blamedShare(300, 1, 0, 5)).toBeLessThanOrEqual(alpha);
});

test("does not blame costs more often at the tolerated margin", () => {
  expect(blamedShare(150, 1.1, 0.2, 6)).toBeLessThanOrEqual(alpha);
});

test("detects costs that are 30% higher", () => {
  expect(blamedShare(60, 1.3, 0, 7)).toBeGreaterThanOrEqual(0.95);
});

/** Returns the share of rollouts of equal versions whose displayed interval ever excludes no difference. */
function excludedShare(runs: number, canaryShare: number, clipAt: number, seed: number): number {
  const random = seededRandom(seed);
  const none = (): ArmSum => ({ units: 0, events: 0, misses: 0, sum: 0, sumSquares: 0 });
  let excluded = 0;
  for (let run = 0; run < runs; run += 1) {
    const arms = { canary: none(), stable: none() };
    for (let request = 1; request <= requests; request += 1) {
      const arm = random() < canaryShare ? arms.canary : arms.stable;
      const value = Math.min(clipAt, cost(random));
      arm.units += 1;
      arm.sum += value;
      arm.sumSquares += value ** 2;
      if (request % 100 > 0) continue;
      const { low, high } = costDifference([arms], 0.05);
      if ((low ?? 0) <= 0 && (high ?? 0) >= 0) continue;
      excluded += 1;
      break;
    }
  }
  return excluded / runs;
}

test.each([
  [0.02, clip],
  [0.1, clip],
  [0.02, 20 * clip],
  [0.1, 20 * clip],
])("covers no difference of equal versions with a weight of %f, clipped at %f", (canaryShare, clipAt) => {
  expect(excludedShare(100, canaryShare, clipAt, 8)).toBeLessThanOrEqual(0.05);
});

test("finds no difference where costs rise with the share of the new version, in both alike", () => {
  const random = seededRandom(9);
  const stepOf = (mean: number, canaryShare: number) => {
    const none = (): ArmSum => ({ units: 0, events: 0, misses: 0, sum: 0, sumSquares: 0 });
    const arms = { canary: none(), stable: none() };
    for (let request = 0; request < 5000; request += 1) {
      const arm = random() < canaryShare ? arms.canary : arms.stable;
      const value = mean + normalFrom(random);
      arm.units += 1;
      arm.sum += value;
      arm.sumSquares += value ** 2;
    }
    return arms;
  };
  const steps = [stepOf(10, 0.1), stepOf(15, 0.5)];
  expect(costLogE(steps, 0, alpha)).toBeLessThan(threshold);
  const { estimate, low, high } = costDifference(steps, 0.05);
  expect(estimate).toBeCloseTo(0, 0);
  expect(low as number).toBeLessThan(0);
  expect(high as number).toBeGreaterThan(0);
});
