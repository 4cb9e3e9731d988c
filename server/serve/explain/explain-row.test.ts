import { expect, test } from "vitest";
import { type Element, explainRow, isExact } from "./explain-row.ts";

const seen: number[] = [];
function options(model: (row: number[]) => number, batch = 7) {
  return {
    batch,
    predict: async (rows: Element[][]) => {
      seen.push(rows.length);
      return rows.map((row) => model(row.map(Number)));
    },
    progress: () => {},
  };
}
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const rowOf = (features: number, seed: number) => Array.from({ length: features }, (_, at) => Math.sin(at * 3 + seed));

test("returns exact values for a linear model, weight times distance to the background mean, without a gap", async () => {
  const weights = [1, -2, 3, 0];
  const linear = (row: number[]) => 5 + sum(row.map((value, at) => value * (weights[at] as number)));
  const row = rowOf(4, 1);
  const background = [rowOf(4, 2), rowOf(4, 3), rowOf(4, 4)];
  const found = await explainRow({ row, background, pairs: 8, seed: 1 }, options(linear));
  expect(found.isExact).toBe(true);
  expect(found.requestCount).toBe(1 + 3 + 14 * 3);
  for (const [at, weight] of weights.entries()) {
    const mean = sum(background.map((other) => other[at] as number)) / 3;
    expect(found.values[at]).toBeCloseTo(weight * ((row[at] as number) - mean), 10);
  }
  expect(found.gap).toBeCloseTo(0, 10);
  expect(found.standardErrors).toEqual([0, 0, 0, 0]);
  expect(Math.max(...seen)).toBe(7);
});

test("assigns the complete difference to a single feature", async () => {
  const found = await explainRow(
    { row: [4], background: [[1]], pairs: 8, seed: 1 },
    options(([x = 0]) => x * x),
  );
  expect(found).toMatchObject({ values: [15], base: 1, prediction: 16, gap: 0 });
});

test("samples values above twelve features, close to the exact ones and without a gap", async () => {
  const features = 14;
  const row = rowOf(features, 1);
  const background = Array.from({ length: 6 }, (_, at) => rowOf(features, at + 2));
  // Without interactions between features, the exact values are known.
  const model = (values: number[]) => sum(values.map((value, at) => (at + 1) * Math.max(0, value)));
  const found = await explainRow({ row, background, pairs: 200, seed: 5 }, options(model, 64));
  expect(found.isExact).toBe(false);
  expect(found.requestCount).toBe(1 + 6 + 400 * 13);
  let near = 0;
  for (let at = 0; at < features; at += 1) {
    const mean = sum(background.map((other) => Math.max(0, other[at] as number))) / background.length;
    const exact = (at + 1) * (Math.max(0, row[at] as number) - mean);
    const [value, error] = [found.values[at] as number, found.standardErrors[at] as number];
    expect(Math.abs(value - exact)).toBeLessThan(4 * error + 1e-9);
    if (Math.abs(value - exact) < 2 * error + 1e-9) near += 1;
  }
  expect(near).toBeGreaterThanOrEqual(11);
  expect(found.gap).toBeCloseTo(0, 9);
});

test("stops between batches when no one waits any longer", async () => {
  let requestCount = 0;
  const stopped = {
    ...options(() => 1, 4),
    progress: (done: number) => {
      requestCount = done;
      if (done >= 8) throw new Error("stopped");
    },
  };
  const question = { row: rowOf(6, 1), background: [rowOf(6, 2)], pairs: 8, seed: 1 };
  await expect(explainRow(question, stopped)).rejects.toThrow("stopped");
  expect(requestCount).toBe(8);
});

test("evaluates all coalitions up to twelve features, and fewer with many rows", () => {
  const background = (rows: number) => Array.from({ length: rows }, () => []);
  expect(isExact({ row: rowOf(12, 1), background: background(16) })).toBe(true);
  expect(isExact({ row: rowOf(12, 1), background: background(17) })).toBe(false);
  expect(isExact({ row: rowOf(13, 1), background: background(1) })).toBe(false);
});
