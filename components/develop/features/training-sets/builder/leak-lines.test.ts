import { expect, test } from "vitest";
import type { TrainingSetCheck, TrainingSetWarning } from "#server/develop/features/training-sets/contract.ts";
import { describeLeaks, failedLeaks, leakLines } from "./leak-lines.ts";

const clean: TrainingSetCheck = {
  rows: 1000,
  skipped: 0,
  values: 4000,
  warnings: [],
  labelMarginUs: 7_860_000_000,
  splits: [],
  history: { files: 9, arrivals: 0 },
  durationMs: 1800,
};
const all = { label: true, labelTime: true, split: true, frozenSets: ["payments-audit 4be10508"] };
const warning = (kind: TrainingSetWarning["kind"], more: Partial<TrainingSetWarning> = {}): TrainingSetWarning => {
  return { kind, view: null, feature: null, count: 34, share: 0.034, ...more };
};
const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");

test("passes every check when nothing was found", () => {
  const lines = leakLines(clean, all);
  expect(lines.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => "on-target"));
  expect(plain(lines.find(({ key }) => key === "after-label")?.detail)).toBe("Closest 2 h 11 min later");
  expect(lines[0]?.value).toBe("0 of 4,000");
  expect(describeLeaks(lines)).toBe("No check failed.");
});

test("does not pass a check whose column is not chosen", () => {
  const lines = leakLines(clean, { label: false, labelTime: false, split: false, frozenSets: [] });
  const open = lines.filter(({ state }) => state === "no-data");
  expect(open.map(({ key, value }) => [key, value])).toEqual([
    ["predicts", "not checked"],
    ["after-label", "not checked"],
    ["splits", "not checked"],
    ["frozen", "not checked"],
  ]);
});

test("puts failed checks first, each with the finding that needs a reason", () => {
  const leak = warning("predicts-label", { view: "merchants", feature: "chargebacks_90d", auc: 0.9912 });
  const nulls = warning("nulls", { view: "devices", feature: "age" });
  const lines = leakLines({ ...clean, warnings: [nulls, leak] }, all);
  expect(lines[0]).toMatchObject({ state: "missed", value: "AUC 0.991", leak });
  expect(lines[1]).toMatchObject({ state: "watch", title: "age is null", value: "3.4%" });
  expect(lines.some(({ key }) => key === "predicts")).toBe(false);
  expect(failedLeaks(lines)).toEqual([leak]);
  expect(describeLeaks(lines)).toBe("1 feature leaks the label.");
  const both = leakLines({ ...clean, warnings: [leak, warning("in-two-splits")] }, all);
  expect(describeLeaks(both)).toBe("2 checks failed.");
});
