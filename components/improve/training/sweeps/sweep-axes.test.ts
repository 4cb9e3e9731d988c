import { expect, test } from "vitest";
import type { SweepTrial } from "#server/improve/training/sweeps/contract.ts";
import { axesOf, linesOfTrials } from "./sweep-axes.ts";

const trial = (number: number, metric: number | null, state: SweepTrial["state"] = "finished"): SweepTrial => ({
  trial: number,
  jobId: `tj-${number}`,
  runId: "r",
  state,
  cause: null,
  parameters: { lr: 0.1 * number, deep: number > 1, metric: "f1" },
  metric,
  endedAtStep: null,
  comparison: null,
  startedAt: null,
  endedAt: null,
});

test("has an axis for each parameter, and the metric at the right", () => {
  expect(axesOf(["lr", "metric"], "accuracy", null)).toEqual([
    { key: "parameter.lr", label: "lr" },
    { key: "parameter.metric", label: "metric" },
    { key: "metric", label: "accuracy" },
  ]);
});

test("draws the most important parameters in their usual order where there are many", () => {
  const names = Array.from({ length: 20 }, (_, at) => `p${at}`);
  const axes = axesOf(names, "loss", names.toReversed());
  expect(axes).toHaveLength(12);
  expect(axes.map(({ label }) => label)).toEqual([...names.slice(9), "loss"]);
});

test("colours the best three that have finished; what has no number has no value", () => {
  const ordered = [
    trial(4, 0.9, "running"),
    trial(1, 0.8),
    trial(2, 0.7),
    trial(3, 0.6),
    trial(5, 0.5),
    trial(6, null),
  ];
  const lines = linesOfTrials(ordered);
  expect(lines.map(({ index }) => index)).toEqual([undefined, 0, 1, 2, undefined, undefined]);
  expect(lines[1]).toMatchObject({ id: "tj-1", label: "Trial 1" });
  expect(lines[1]?.values).toEqual({
    "parameter.lr": 0.1,
    "parameter.deep": "false",
    "parameter.metric": "f1",
    metric: 0.8,
  });
  expect(lines[5]?.values).not.toHaveProperty("metric");
});
