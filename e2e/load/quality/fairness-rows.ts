import { wilsonInterval } from "#server/stats/proportion.ts";
import { evaluateFairness } from "#server/stats/quality/fairness.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import { atLeast, atMost, type Row } from "../report.ts";

const windows = 2000;
const maxDifference = 0.1;

/** Groups and rows of each, all at 80%. */
const equal = [
  [2, 50],
  [4, 100],
  [8, 30],
  [15, 30],
  [8, 200],
  [15, 1000],
] as const;

const powerRows = [500, 1000, 2500, 5000];
const decisiveRows = 2500;

/** Measures how often equal groups are called unfair at a limit of 10 points, and how often a difference of 15 points is found. */
export function fairnessRows(): Row[] {
  const random = seededRandom(71);
  const calls = equal.map(([groups, rows]): Row => {
    const share = unfairShare(new Array<number>(groups).fill(0.8), rows, random);
    const { low, high } = wilsonInterval({ share, count: windows });
    const row = atMost(5, { name: `equal groups called unfair, ${groups} of ${rows}`, unit: "%", leeway: 100 * share });
    return { ...row, interval: [100 * low, 100 * high] };
  });
  const powers = powerRows.map((rows) => unfairShare([0.65, 0.8, 0.8, 0.8], rows, random));
  console.log("Share found of a group 15 points below three others, limit 10 points, by rows of a group:");
  for (const [index, power] of powers.entries()) console.log(`  ${powerRows[index]}: ${(100 * power).toFixed(1)} %`);
  const found = 100 * (powers[powerRows.indexOf(decisiveRows)] as number);
  return [...calls, atLeast(80, { name: `15 points found, 4 groups of ${decisiveRows}`, unit: "%", leeway: found })];
}

function unfairShare(shares: readonly number[], rows: number, random: Random): number {
  let unfair = 0;
  for (let window = 0; window < windows; window += 1) {
    const groups = shares.map((share, index) => {
      const right = binomialFrom(rows, share, random);
      const cells = { truePositive: right, falsePositive: rows - right, falseNegative: 0, trueNegative: 0 };
      return { name: String(index), cells };
    });
    if (evaluateFairness(groups, { metric: "accuracy", maxDifference }).isUnfair) unfair += 1;
  }
  return unfair / windows;
}
