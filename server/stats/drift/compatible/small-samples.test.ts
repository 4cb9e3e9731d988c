import { expect, test } from "vitest";
import { levelsOf, numericColumn } from "./column.ts";
import { ksPValue } from "./ks-p-value.ts";
import { nannymlScores } from "./nannyml.ts";
import { cramerVonMises, mannWhitneyLess } from "./rank-tests.ts";

const sorted = (values: number[]) => Float64Array.from(values).sort();

test("counts Mann–Whitney's ranks out for up to 8 rows on either side, like scipy", () => {
  const eight = sorted([2.0409, -2.5557, 0.4181, -0.5678, -0.4526, -0.2156, -2.02, -0.2319]);
  const thirty = sorted([
    -0.2652, 3.923, 0.8258, 0.2474, 0.3187, -0.068, -0.4552, 0.2092, 1.0819, 0.3614, 1.5578, 0.4002, 0.6243, 2.1458,
    1.1451, 0.0948, 0.4172, 1.1405, 2.5351, 0.3304, 0.3564, 1.6023, -0.2865, 0.3083, 1.4825, 1.1804, 0.6915, 1.2701,
    -2.2282, 1.6213,
  ]);
  expect(mannWhitneyLess(eight, thirty)).toBeCloseTo(0.008406700282262052, 14);
  const five = sorted([-0.9596, -1.6686, 0.2764, 0.7005, -0.4448]);
  expect(mannWhitneyLess(five, sorted([-0.4764, 0.6261, 0.5473, 2.0056, 1.3474]))).toBeCloseTo(0.07539682539682539, 14);
  const twelve = sorted([
    0.1938, 1.1116, -0.2055, -0.9259, 0.5841, 0.5825, -0.2148, -0.7828, 0.2292, -2.4939, 0.6901, 0.4914,
  ]);
  const seven = sorted([-1.0389, 0.6614, -0.3641, 1.3572, -1.4342, -0.3145, 1.3096]);
  expect(mannWhitneyLess(twelve, seven)).toBeCloseTo(0.516432483924744, 13);
  // Ties have no exact form in scipy.
  const tied = mannWhitneyLess(sorted([1, 2, 2, 3, 4, 4, 5]), sorted([2, 3, 3, 4, 6, 6, 7, 7]));
  expect(tied).toBeCloseTo(0.05679917552767996, 12);
});

test("counts Cramér and von Mises' paths out for up to 20 rows on both sides, like scipy", () => {
  const a = [1.1564, -2.158, -0.498, 0.328, -0.6092, 1.5906, -1.1912, 0.3545, -1.0484, 1.406];
  const b = [-0.0217, -0.3723, -1.7182, 1.6818, 0.7528, 0.7536, 1.1379, 0.3492, -0.6392, -0.8002];
  const c = [-0.2002, 1.9701, -0.8604, 0.0036, 0.2788, 0.8246, 1.1753, -0.6491, -1.13, 0.5956];
  const d = [1.8136, 1.3571, 0.8157, 0.2828, 0.8932, 0.3567, 1.4172, -0.1944, 0.7342, 0.4892];
  expect(cramerVonMises(sorted([...a, ...b]), sorted([...c, ...d]))).toBeCloseTo(0.26101469104806146, 12);
  const seven = sorted([0.5434, 0.2246, 2.55, 1.4987, 1.4967, -2.0395, -0.3403]);
  const twelve = sorted([
    -0.0086, 1.1327, -1.679, 1.7745, 1.667, -0.7021, -0.3785, -0.2012, 0.6433, 1.241, 2.6479, 0.4026,
  ]);
  expect(cramerVonMises(seven, twelve)).toBeCloseTo(0.9944629673731841, 12);
  const fifteen = [0.7675, 0.1554, 1.7599, 0.7422, 1.3686, -1.0777, -0.1922, -0.8138];
  const rest = [1.5049, 0.6576, -0.3051, -0.4525, 0.4847, -0.7015, -0.9306];
  const e = [1.0813, 3.0631, 0.3539, 0.0441, -0.5712, -0.735, 1.125, 1.4508, 0.6092, 0.9326];
  const f = [0.7159, 0.7387, -0.9262, 0.1419, 0.7115, -0.1832, 0.1236, -0.2191, 0.2665, 1.4531];
  expect(cramerVonMises(sorted([...fifteen, ...rest]), sorted([...e, ...f]))).toBeCloseTo(0.5209495528856484, 12);
  const tied = cramerVonMises(sorted([1, 2, 2, 3, 4, 4, 5]), sorted([2, 3, 3, 4, 6, 6, 7, 7]));
  expect(tied).toBeCloseTo(0.1561771561771562, 12);
});

test("rounds the asymptotic KS sample size half to even, like scipy", () => {
  // n m / (n + m) is 5000.5 and 5001.5: numpy rounds to 5000 and 5002.
  expect(Math.abs(ksPValue(0.0123, 10_001, 10_001) / 0.4323980377923732 - 1)).toBeLessThan(1e-8);
  expect(Math.abs(ksPValue(0.0123, 10_003, 10_003) / 0.4321446840272217 - 1)).toBeLessThan(1e-8);
});

test("scores a numeric reference of two values: one bin, as numpy's Doane gives", () => {
  const current = numericColumn([1.6, 2.4, 9]);
  expect(nannymlScores(numericColumn([1.5, 2.5]), current).bins).toBe(1);
  expect(nannymlScores(numericColumn([1.5, 1.5]), current).bins).toBe(1);
  expect(nannymlScores(numericColumn([1.5]), current).jensenShannon).toBeGreaterThan(0);
  expect(nannymlScores(numericColumn([1.5, 2.5, 2.5]), current).bins).toBe(4);
});

test("corrects the chi-square of two levels like NannyML, and takes each unseen level by itself", () => {
  const two = (first: number, second: number) =>
    levelsOf(
      new Map([
        ["a", first],
        ["b", second],
      ]),
    );
  expect(nannymlScores(two(300, 200), two(278, 222)).chiSquarePValue).toBeCloseTo(0.17874839808131643, 12);
  expect(nannymlScores(two(30, 20), two(12, 18)).chiSquarePValue).toBeCloseTo(0.13284146442820005, 12);
  const current = new Map([
    ["a", 94],
    ["c", 2],
    ["d", 2],
    ["e", 2],
  ]);
  // Three unseen levels of 2 points each: as one they would be 6 points, more than the 3 of the others.
  const found = nannymlScores(
    levelsOf(
      new Map([
        ["a", 97],
        ["b", 3],
      ]),
    ),
    levelsOf(current),
  );
  expect(found.infinity).toBeCloseTo(0.03, 12);
});
