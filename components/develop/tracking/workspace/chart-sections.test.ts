import { expect, test } from "vitest";
import { chartSections, readFolded, sectionOf, writeFolded } from "./chart-sections.ts";

const metric = (key: string, isCurve = true) => ({ key, runs: 1, isCurve });

test("reads the section from a prefix or a phase", () => {
  const keys = ["val/loss", "system/gpu_0_power", "val_accuracy", "Train-loss", "learning_rate", "loss", "/odd"];
  expect(keys.map(sectionOf)).toEqual(["val", "system", "val", "train", "", "", ""]);
});

test("orders sections, and lines before single values", () => {
  const sections = chartSections(
    [
      metric("system/cpu"),
      metric("loss"),
      metric("train/loss"),
      metric("val/p95", false),
      metric("val/loss"),
      metric("val/acc"),
    ],
    "",
  );
  expect(sections.map(({ name, metrics }) => [name, metrics.map(({ key }) => key)])).toEqual([
    ["val", ["val/acc", "val/loss", "val/p95"]],
    ["train", ["train/loss"]],
    ["", ["loss"]],
    ["system", ["system/cpu"]],
  ]);
  expect(chartSections([metric("loss"), metric("val/acc")], "ACC").map(({ name }) => name)).toEqual(["val"]);
});

test("writes folded sections so that reading returns them", () => {
  for (const folded of [[], ["system"], ["val", "train"], [""]])
    expect(readFolded(writeFolded(folded))).toEqual(folded);
});
