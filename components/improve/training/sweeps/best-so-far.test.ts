import { expect, test } from "vitest";
import type { SweepTrial } from "#server/improve/training/sweeps/contract.ts";
import { bestSoFar } from "./best-so-far.ts";

const trial = (number: number, metric: number | null, endedAt: number | null, state = "finished") =>
  ({ trial: number, metric, state, endedAt: endedAt === null ? null : new Date(endedAt) }) as SweepTrial;
const list = [
  trial(1, 0.5, 30),
  trial(2, 0.7, 10),
  trial(3, null, 20),
  trial(4, 0.9, null, "running"),
  trial(5, 0.8, 40),
];

test("keeps the best value in the order of the ends", () => {
  expect(bestSoFar(list, "max").map(({ value }) => value)).toEqual([0.7, 0.7, 0.7, 0.8]);
  expect(bestSoFar(list, "min").map(({ value }) => value)).toEqual([0.7, 0.7, 0.5, 0.5]);
  expect(bestSoFar([trial(1, null, 1)], "max")).toEqual([{ at: 1, value: null }]);
});
