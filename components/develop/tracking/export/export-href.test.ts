import { expect, test } from "vitest";
import { exportHref } from "./export-href.ts";

const question = {
  experimentId: 7,
  format: "csv",
  filter: "metrics.acc > 0.9",
  sort: { column: "metrics.acc", descending: true },
} as const;

test("a file has the filter, the order and the columns of the table, but no curves", () => {
  const href = exportHref({ ...question, columns: ["status", "curve.loss", "params.a,b%"] });
  const url = new URL(href, "http://leeway.test");
  expect(url.pathname).toBe("/api/v1/experiments/7/runs.csv");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    filter: "metrics.acc > 0.9",
    sort: "-metrics.acc",
    columns: "status,params.a%2Cb%25",
  });
});

test("without columns the file has all", () => {
  const href = exportHref({ ...question, format: "parquet", filter: "", columns: undefined });
  expect(href).toBe("/api/v1/experiments/7/runs.parquet?sort=-metrics.acc");
});
