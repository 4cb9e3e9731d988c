import { expect, test } from "vitest";
import { cellClauses } from "./cell-clauses.ts";

const clauses = (column: string, value: Parameters<typeof cellClauses>[1]) =>
  cellClauses(column, value).map(({ clause }) => clause);

test("offers equality for text, bounds for numbers and IS NULL for missing values", () => {
  expect(clauses("params.lr", "0.1")).toEqual(["params.lr = '0.1'", "NOT params.lr = '0.1'"]);
  expect(clauses("metrics.acc", 0.95)).toEqual(["metrics.acc >= 0.95", "metrics.acc <= 0.95"]);
  expect(clauses("dataset", null)).toEqual(["datasets.digest IS NULL", "datasets.digest IS NOT NULL"]);
  expect(clauses("by", null)).toEqual(["user_id = ''", "NOT user_id = ''"]);
});

test("offers no clauses for columns that the filter language does not support", () => {
  expect(clauses("took", "1")).toEqual([]);
  expect(clauses("curve.loss", "1")).toEqual([]);
  expect(clauses("metrics.loss", "NaN")).toEqual([]);
});
