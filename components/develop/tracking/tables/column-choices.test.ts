import { expect, test } from "vitest";
import { movedBy, movedTo, onlyDiffering, pickerRows, toggled } from "./column-choices.ts";

const none = { fields: [], total: 0 };
const found = {
  metric: { fields: [{ key: "val_loss", runs: 3 }], total: 1 },
  param: {
    fields: [
      { key: "lr", runs: 3, values: 3 },
      { key: "epochs", runs: 3, values: 1 },
    ],
    total: 2,
  },
  tag: none,
};
const question = { columns: ["status", "metrics.val_loss"], words: "", found, opened: [] };
const texts = (rows: ReturnType<typeof pickerRows>) =>
  rows.map((row) => (row.kind === "head" ? row.name : "hint" in row ? `${row.label}: ${row.hint}` : row.kind));

test("lists shown columns first in order, then available ones", () => {
  const rows = pickerRows(question);
  expect(texts(rows).slice(0, 4)).toEqual(["Shown", "Status: ", "val_loss: last value", "Run, code and data"]);
  expect(texts(rows).slice(-6)).toEqual([
    "Metrics",
    "val_loss: last value",
    "val_loss: trend",
    "Parameters",
    "lr: 3 values",
    "epochs: identical in all runs",
  ]);
});

test("lists only matching columns during a search", () => {
  const rows = pickerRows({ ...question, words: " STAT ", found: { metric: none, param: none, tag: none } });
  expect(texts(rows)).toEqual(["Run, code and data", "Status: "]);
});

test("lists a few of many names until all are requested, then loads the next page at the end", () => {
  const fields = Array.from({ length: 100 }, (_, index) => ({ key: `m${index}`, runs: 1 }));
  const many = { ...found, metric: { fields, total: 12_000 } };
  const few = pickerRows({ ...question, words: "m", found: many });
  // "Commit", eight metrics twice, two params.
  expect(few.filter(({ kind }) => kind === "choice")).toHaveLength(1 + 2 * 8 + 2);
  expect(few.find(({ kind }) => kind === "all")).toEqual({ kind: "all", of: "metric", label: "All 12,000 metrics" });
  const all = pickerRows({ ...question, words: "m", found: many, opened: ["metric"] });
  expect(all.filter(({ kind }) => kind === "choice").length).toBeGreaterThan(200);
  expect(all.filter(({ kind }) => kind === "more")).toEqual([{ kind: "more", of: "metric" }]);
});

test("inserts a new column after the last of its kind, and removes it on a second click", () => {
  const columns = ["status", "started", "metrics.acc", "params.lr", "by"];
  expect(toggled(columns, "metrics.loss")).toEqual([
    "status",
    "started",
    "metrics.acc",
    "metrics.loss",
    "params.lr",
    "by",
  ]);
  expect(toggled(columns, "curve.loss")).toEqual(["status", "started", "curve.loss", "metrics.acc", "params.lr", "by"]);
  expect(toggled(columns, "params.lr")).toEqual(["status", "started", "metrics.acc", "by"]);
});

test("moves a column to the position of another, within the ends", () => {
  expect(movedTo(["a", "b", "c"], "a", "c")).toEqual(["b", "c", "a"]);
  expect(movedTo(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
  expect(movedBy(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
  expect(movedBy(["a", "b", "c"], "c", 1)).toEqual(["a", "b", "c"]);
});

const choices = {
  keys: 9,
  runs: 3,
  metrics: [],
  params: [
    { key: "lr", runs: 3, values: 3 },
    { key: "epochs", runs: 3, values: 1 },
  ],
};

test("replaces params in their position with those that differ", () => {
  expect(onlyDiffering(["status", "params.epochs", "by"], choices)).toEqual(["status", "params.lr", "by"]);
  expect(onlyDiffering(["status"], choices)).toEqual(["status", "params.lr"]);
});
