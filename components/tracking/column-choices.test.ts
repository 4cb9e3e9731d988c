import { expect, test } from "vitest";
import { columnGroups, onlyDiffering, toggled } from "./column-choices.ts";

const choices = {
  keys: 9,
  runs: 3,
  metrics: [{ key: "val_loss", runs: 3 }],
  params: [
    { key: "lr", runs: 3, values: 3 },
    { key: "epochs", runs: 3, values: 1 },
  ],
};

test("a metric can be shown as its last value and as its course; a param says how much it varies", () => {
  const [metrics, params] = columnGroups(choices, "");
  expect(metrics?.items.map(({ key, hint }) => [key, hint])).toEqual([
    ["metrics.val_loss", "last value"],
    ["curve.val_loss", "course"],
  ]);
  expect(params?.items.map(({ hint }) => hint)).toEqual(["3 values", "the same in all"]);
});

test("groups without a match are left out, and long ones say how much is not listed", () => {
  expect(columnGroups(choices, " LR ").map(({ name }) => name)).toEqual(["Parameters"]);
  const many = Array.from({ length: 100 }, (_, index) => ({ key: `p${index}`, runs: 1, values: 1 }));
  expect(columnGroups({ ...choices, params: many }, "p")[0]).toMatchObject({ name: "Parameters", more: 40 });
});

test("a new column stands after the last of its kind, and goes on a second click", () => {
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

test("only what differs keeps the place of the params", () => {
  expect(onlyDiffering(["status", "params.epochs", "by"], choices)).toEqual(["status", "params.lr", "by"]);
  expect(onlyDiffering(["status"], choices)).toEqual(["status", "params.lr"]);
});
