import { expect, test } from "vitest";
import type { MetricCurve } from "#server/develop/tracking/metrics/contract.ts";
import { groupCurves, lineName, machinePart, metricKeys, titleOf } from "./metric-groups.ts";

const curve = (key: string, ...values: (number | null)[]): MetricCurve => ({
  runId: "r",
  key,
  totalPoints: values.length,
  points: values.map((value, step) => ({ step, timestamp: 100 - step, value })),
});

test("charts training and validation together, quality metrics first, and skips single points", () => {
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

test("charts the devices of a machine together under their component", () => {
  const keys = [
    "system/gpu_0_utilization_percentage",
    "system/gpu_1_utilization_percentage",
    "system/disk_usage_percentage",
  ];
  const groups = groupCurves(keys.map((key) => curve(key, 1, 2)));
  expect(groups.map(({ title, curves }) => [machinePart(title), curves.map(({ key }) => lineName(key))])).toEqual([
    ["Network and disk", ["system/disk_usage_percentage"]],
    ["GPUs", ["GPU 0", "GPU 1"]],
  ]);
  expect(titleOf("system/gpu_utilization_percentage")).toEqual({ title: "GPU utilization", unit: "%" });
});

test("finds metrics by part of their name, most informative first", () => {
  const metrics = ["grad_norm", "train_loss", "val_accuracy", "system/cpu"].map((key) => ({ key }));
  expect(metricKeys(metrics, "model")).toEqual(["val_accuracy", "train_loss", "grad_norm"]);
  expect(metricKeys(metrics, "model", "LOSS")).toEqual(["train_loss"]);
  expect(metricKeys(metrics, "system")).toEqual(["system/cpu"]);
});

test.each([
  ["system/cpu_utilization_percentage", "CPU utilization", "%"],
  ["system/gpu_0_memory_usage_megabytes", "GPU 0 memory usage", "MB"],
  ["system/network_receive", "Network receive", ""],
  ["val_loss", "val_loss", ""],
])("titles the chart of %s %s", (key, title, unit) => {
  expect(titleOf(key)).toEqual({ title, unit });
});
