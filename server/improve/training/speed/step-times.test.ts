import { expect, test } from "vitest";
import { findTimeMetrics, nearestRank, secondsOf, spreadOf, stepSeconds } from "./step-times.ts";

const at = (...pairs: [step: number, seconds: number][]) =>
  pairs.map(([step, seconds]) => ({ step, timestamp: seconds * 1000 }));

test("reckons the seconds of a step from the times at which steps were logged", () => {
  expect(stepSeconds(at([1, 10], [2, 12], [4, 18]), [0])).toEqual([2, 3]);
  expect(stepSeconds(at([1, 10], [1, 11], [2, 12]), [0])).toEqual([2]);
  expect(stepSeconds(at([5, 10]), [0])).toEqual([]);
  expect(stepSeconds([], [])).toEqual([]);
});

test("counts neither the wait between attempts nor steps that were done again", () => {
  // Preempted after step 12, and back at step 11 from the checkpoint of step 10.
  expect(stepSeconds(at([11, 1], [12, 2], [11, 100], [12, 101], [13, 102]), [0, 99_000])).toEqual([1, 1, 1]);
  // Nothing was lost: the step rises, and the time between is a wait all the same.
  expect(stepSeconds(at([11, 1], [12, 100], [13, 101]), [0, 99_000])).toEqual([1]);
});

test("takes quantiles by nearest rank", () => {
  const values = Array.from({ length: 100 }, (_, place) => 100 - place);
  expect([0.5, 0.95, 0.99, 1].map((share) => nearestRank(values, share))).toEqual([50, 95, 99, 100]);
  expect(nearestRank([7], 0.01)).toBe(7);
  expect(nearestRank([], 0.5)).toBeNull();
});

test("sums up what was logged", () => {
  expect(spreadOf([1, 5, 3])).toEqual({ mean: 3, max: 5, last: 3, count: 3 });
  expect(spreadOf([])).toBeNull();
});

test.each([
  [["loss", "step_seconds", "data_wait_seconds"], "step_seconds", "data_wait_seconds"],
  [["train/step_time", "train/data_time", "epoch"], "train/step_time", "train/data_time"],
  [["perf.iter_time_ms", "loss"], "perf.iter_time_ms", undefined],
  [["batch_time", "dataloader_wait_ms"], "batch_time", "dataloader_wait_ms"],
  [["timestep", "steps", "update", "system/step_time", "database_size"], undefined, undefined],
])("finds metrics of time in %j", (keys, step, data) => {
  expect(findTimeMetrics(keys)).toEqual({ step, data });
});

test("reads milliseconds where the name says so", () => {
  expect(["iter_time_ms", "step_seconds", "step_time", "items"].map(secondsOf)).toEqual([0.001, 1, 1, 1]);
});
