import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { bestAssignment } from "./assignment.ts";

/** Finds the largest sum by trying all ways. */
function bestSum(gains: number[][], row = 0, used = 0): number {
  const own = gains[row];
  if (!own) return 0;
  let best = bestSum(gains, row + 1, used);
  for (const [column, gain] of own.entries()) {
    if (used & (1 << column) || gain <= 0) continue;
    best = Math.max(best, gain + bestSum(gains, row + 1, used | (1 << column)));
  }
  return best;
}

test("finds the largest sum of gains that any one-to-one match has", () => {
  const random = seededRandom(6);
  for (let run = 0; run < 400; run += 1) {
    const [rows, columns] = [1 + Math.floor(random() * 6), 1 + Math.floor(random() * 6)];
    const gains = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => (random() < 0.3 ? 0 : Math.round(10 * random() - 2))),
    );
    const pairs = bestAssignment(gains);
    expect(new Set(pairs.map(([row]) => row)).size).toBe(pairs.length);
    expect(new Set(pairs.map(([, column]) => column)).size).toBe(pairs.length);
    for (const [row, column] of pairs) expect(gains[row]?.[column]).toBeGreaterThan(0);
    expect(pairs.reduce((sum, [row, column]) => sum + (gains[row]?.[column] as number), 0)).toBe(bestSum(gains));
  }
});

test("matches nothing without rows, columns or gains, and rejects what is no table", () => {
  expect(bestAssignment([])).toEqual([]);
  expect(bestAssignment([[], []])).toEqual([]);
  expect(bestAssignment([[0, -1]])).toEqual([]);
  expect(() => bestAssignment([[1], [1, 2]])).toThrow("same length");
  expect(() => bestAssignment([[Number.NaN]])).toThrow("finite");
});
