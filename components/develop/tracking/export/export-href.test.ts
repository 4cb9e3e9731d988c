import { expect, test } from "vitest";
import { exportHref } from "./export-href.ts";

const question = {
  experimentId: 7,
  format: "csv",
  filter: "metrics.acc > 0.9",
  sort: { column: "metrics.acc", descending: true },
} as const;

test("exports filter, order and columns of the table, without curves", () => {
  const href = exportHref({ ...question, columns: ["status", "curve.loss", "params.a,b%"] });
  const url = new URL(href, "http://leeway.test");
  expect(url.pathname).toBe("/api/v1/experiments/7/runs.csv");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    filter: "metrics.acc > 0.9",
    sort: "-metrics.acc",
    columns: "status,params.a%2Cb%25",
  });
});

test("exports all columns if none are chosen", () => {
  const href = exportHref({ ...question, format: "parquet", filter: "", columns: undefined });
  expect(href).toBe("/api/v1/experiments/7/runs.parquet?sort=-metrics.acc");
});
