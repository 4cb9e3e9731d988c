import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { expectedLoss, fitLossModel } from "./loss-model.ts";

const random = seededRandom(4);
const rows = Array.from({ length: 4000 }, () => {
  const [distance, carrier] = [Math.floor(random() * 20), Math.floor(random() * 4)];
  const spread = 1 + distance / 10 + (carrier === 2 ? 2 : 0);
  return { distance, carrier, loss: Math.abs(spread * normalFrom(random)) };
});
const columns = [
  { bins: rows.map(({ distance }) => distance), size: 20, isOrdered: true },
  { bins: rows.map(({ carrier }) => carrier), size: 4, isOrdered: false },
];
const model = fitLossModel(
  columns,
  rows.map(({ loss }) => loss),
);

test("estimates the mean loss on the reference itself", () => {
  const histograms = columns.map(({ bins, size }) => {
    const counts = new Float64Array(size);
    for (const bin of bins) counts[bin] = (counts[bin] as number) + 1;
    return counts;
  });
  const mean = rows.reduce((sum, { loss }) => sum + loss, 0) / rows.length;
  expect(expectedLoss(model, histograms)).toBeCloseTo(mean, 2);
});

test("estimates the loss of a window shifted to harder rows from histograms alone", () => {
  const far = new Float64Array(20).fill(0);
  far[18] = 50;
  far[19] = 50;
  const hard = new Float64Array([0, 0, 1, 0]);
  // E|σ·Z| = σ·√(2/π); σ = 1 + 1.85 + 2.
  const truth = 4.85 * Math.sqrt(2 / Math.PI);
  expect(Math.abs(expectedLoss(model, [far, hard]) - truth)).toBeLessThan(0.25);
  expect(expectedLoss(model, [new Float64Array(20), new Float64Array(4)])).toBe(model.base);
});
