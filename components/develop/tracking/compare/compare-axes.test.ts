import { expect, test } from "vitest";
import { axisChoices, axisNames, defaultAxes, defaultScatter, linesOf, moved } from "./compare-axes.ts";

const columns = {
  params: [
    { key: "epochs", runs: 3, values: 1 },
    { key: "lr", runs: 3, values: 3 },
    { key: "net", runs: 3, values: 2 },
  ],
  metrics: ["system/cpu", "grad_norm", "val_loss", "val_accuracy"].map((key) => ({ key, runs: 3 })),
};

test("orders differing params first, then metrics with the headline last; omits system metrics", () => {
  expect(defaultAxes(columns, "val_accuracy", [])).toEqual([
    "params.lr",
    "params.net",
    "metrics.grad_norm",
    "metrics.val_loss",
    "metrics.val_accuracy",
  ]);
  expect(axisChoices(columns)).toEqual([
    "params.lr",
    "params.net",
    "metrics.val_accuracy",
    "metrics.val_loss",
    "metrics.grad_norm",
    "params.epochs",
  ]);
  expect(defaultScatter(columns, "val_accuracy")).toEqual({
    x: "params.lr",
    y: "metrics.val_accuracy",
    colour: "params.net",
  });
  const bare = { params: [], metrics: ["a", "b"].map((key) => ({ key, runs: 1 })) };
  expect(defaultScatter(bare, "a")).toEqual({ x: "metrics.b", y: "metrics.a", colour: undefined });
});

test("lists params that differ between compared runs before those that differ only elsewhere", () => {
  const runs = ["cnn", "mlp"].map((net) => ({
    params: [
      { key: "net", value: net },
      { key: "lr", value: "1" },
    ],
  }));
  expect(defaultAxes(columns, undefined, runs).slice(0, 2)).toEqual(["params.net", "params.lr"]);
});

test("distinguishes a param and a metric of the same name", () => {
  expect(axisNames(["params.lr", "metrics.lr", "metrics.loss"]).map(({ label }) => label)).toEqual([
    "lr (param)",
    "lr (metric)",
    "loss",
  ]);
});

test("keeps the colour index of compared runs; NaN is a value for a metric, text for a param", () => {
  const values = { "metrics.acc": "NaN" as const, "params.note": "NaN" };
  const run = (id: string) => ({ id, name: `run ${id}`, experimentId: 1, values });
  expect(linesOf([run("a"), run("b")], ["b"])).toEqual([
    { id: "a", label: "run a", index: undefined, values: { "metrics.acc": Number.NaN, "params.note": "NaN" } },
    { id: "b", label: "run b", index: 0, values: { "metrics.acc": Number.NaN, "params.note": "NaN" } },
  ]);
});

test("moves an axis by one position, within the ends", () => {
  expect(moved(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], "b", 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], "b", 1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], "none", 1)).toEqual(["a", "b"]);
});
