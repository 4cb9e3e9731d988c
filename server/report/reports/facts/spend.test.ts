import { expect, test } from "vitest";
import { spendFacts } from "./spend.ts";

const from = Date.parse("2026-05-04T00:00Z");
const to = Date.parse("2026-05-11T00:00Z");
const span = { from, to, until: to, previous: Date.parse("2026-04-27T00:00Z"), now: to, timeZone: "UTC" };

test("uses the month in which the period ends, and the verdict of the cost page", () => {
  const { spend, unitCost, cells } = spendFacts(
    {
      currency: "EUR",
      spent: 11_480,
      budget: 38_000,
      forecast: { value: 36_412, low: 35_000, high: 37_900 },
      perThousand: 0.132,
      perThousandBefore: 0.136,
      perThousandCorrect: 0.139,
      labelled: 1200,
      models: new Map([["churn", 0.118]]),
    },
    span,
  );
  expect([spend.month, spend.spent.text, spend.budget.text, spend.forecast.text]).toEqual([
    "May",
    "€11,480",
    "€38,000",
    "€36,400",
  ]);
  expect([spend.verdict, spend.state]).toEqual(["4.2% under", "watch"]);
  expect([unitCost.predictions.text, unitCost.predictions.before?.text, unitCost.correct.text]).toEqual([
    "€0.132",
    "€0.136",
    "€0.139",
  ]);
  expect(cells.get("churn")?.[0]?.figure.text).toBe("€0.118");
  expect(spend.spent.href).toBe("/costs?month=2026-05");
});

test("does not show missing prices as zero spend", () => {
  const { spend, unitCost } = spendFacts(null, span);
  expect([spend.spent.value, spend.spent.reason, unitCost.correct.reason, spend.verdict]).toEqual([
    null,
    "no prices set",
    "no prices set",
    "",
  ]);
});
