import { expect, test } from "vitest";
import type { MetricCurve } from "#server/tracking/contract.ts";
import { groupCurves, nanWords, pointsAlong, titleOf } from "./metric-groups.ts";

const curve = (key: string, ...values: (number | null)[]): MetricCurve => ({
  runId: "r",
  key,
  totalPoints: values.length,
  points: values.map((value, step) => ({ step, timestamp: 100 - step, value })),
});

test("training and validation of one thing share a chart, qualities come first, lone points are no curve", () => {
  const groups = groupCurves([
    curve("grad_norm", 1, 2),
    curve("val_accuracy", 1, 2),
    curve("train_loss", 1, 2),
    curve("val_loss", 1, 2),
    curve("test_loss", 1),
    curve("validity", 1, 2),
  ]);
  expect(groups.map(({ title, curves }) => [title, curves.map(({ key }) => key)])).toEqual([
    ["val_accuracy", ["val_accuracy"]],
    ["loss", ["train_loss", "val_loss"]],
    ["grad_norm", ["grad_norm"]],
    ["validity", ["validity"]],
  ]);
});

test("points stand in the order of what lies along the bottom", () => {
  const { points } = curve("loss", 3, null, 1);
  expect(pointsAlong(points, "step").map(({ at, value }) => [at, value])).toEqual([
    [0, 3],
    [1, null],
    [2, 1],
  ]);
  expect(pointsAlong(points, "time").map(({ at }) => at)).toEqual([98, 99, 100]);
});

test("a curve that ends without a number says since when; one that recovered does not", () => {
  const group = { title: "loss", curves: [curve("train_loss", 1, null, null), curve("val_loss", 1, null, 2)] };
  expect(nanWords(group)).toEqual(["train_loss is NaN since step 1"]);
});

test.each([
  ["system/cpu_utilization_percentage", "CPU utilization", "%"],
  ["system/gpu_0_memory_usage_megabytes", "GPU 0 memory usage", "MB"],
  ["system/network_receive", "Network receive", ""],
  ["val_loss", "val_loss", ""],
])("the chart of %s is called %s", (key, title, unit) => {
  expect(titleOf(key)).toEqual({ title, unit });
});
