import { expect, test } from "vitest";
import { defaultColumns, defaultSort, differingParams, knownColumns, orderBy } from "./columns.ts";

const choices = {
  keys: 9,
  runs: 9,
  metrics: [
    { key: "val_accuracy", runs: 9 },
    { key: "train_loss", runs: 9 },
  ],
  params: [
    { key: "seed", runs: 9, values: 9 },
    { key: "lr", runs: 9, values: 3 },
    { key: "batch", runs: 9, values: 2 },
    { key: "epochs", runs: 9, values: 1 },
    { key: "rare", runs: 2, values: 2 },
  ],
};

test("shows by default the headline with its curve, then the params that differ, seeds last", () => {
  expect(differingParams(choices)).toEqual(["lr", "batch", "seed", "rare"]);
  expect(defaultColumns(choices)).toEqual([
    "status",
    "started",
    "took",
    "metrics.val_accuracy",
    "curve.val_accuracy",
    "params.lr",
    "params.batch",
    "params.seed",
    "dataset",
    "commit",
    "by",
    "version",
  ]);
});

test("sorts by the best headline, or by the newest run when the direction is unknown", () => {
  expect(defaultSort(choices)).toEqual({ column: "metrics.val_accuracy", descending: true });
  expect(defaultSort({ ...choices, metrics: [{ key: "rmse", runs: 1 }] })).toEqual({
    column: "metrics.rmse",
    descending: false,
  });
  expect(defaultSort({ ...choices, metrics: [{ key: "x", runs: 1 }] })).toEqual({
    column: "started",
    descending: true,
  });
});

test("converts a column to an order of the filter language, with its key quoted", () => {
  expect(orderBy({ column: "metrics.val/acc`x", descending: true })).toBe("metrics.`val/acc``x` DESC");
  expect(orderBy({ column: "started", descending: false })).toBe("attributes.start_time ASC");
  expect(orderBy({ column: "curve.loss", descending: false })).toBeUndefined();
  expect(orderBy({ column: "version", descending: false })).toBeUndefined();
});

test("omits unknown and duplicate columns", () => {
  expect(knownColumns(["by", "x", "params.", "params.a.b", "by", "metrics.l"])).toEqual([
    "by",
    "params.a.b",
    "metrics.l",
  ]);
});
