import { expect, it } from "vitest";
import { queryTokens } from "./query-tokens.ts";

const parts = (query: string) =>
  queryTokens(query)
    .filter((token) => token.kind !== "space")
    .map((token) => `${token.kind}:${token.text}`);

it("distinguishes fields, operators and values", () => {
  expect(parts("val_accuracy > 0.90 or status in (running, failed)")).toEqual([
    "field:val_accuracy",
    "operator:>",
    "value:0.90",
    "operator:or",
    "field:status",
    "operator:in",
    "value:(",
    "value:running",
    "value:,",
    "value:failed",
    "value:)",
  ]);
  expect(parts('started > -30d and tag != "smoke test"')).toEqual([
    "field:started",
    "operator:>",
    "value:-30d",
    "operator:and",
    "field:tag",
    "operator:!=",
    'value:"smoke test"',
  ]);
});

it("treats names in backticks as fields", () => {
  expect(parts("metrics.`val loss` < 1")).toEqual(["field:metrics.", "field:`val loss`", "operator:<", "value:1"]);
});

it.each(["", "status =", 'tag != "open', "((", "a!b ! ~ '", "x between 1 and 2", "métrique > 3,5"])(
  "preserves every character of the unfinished query %j",
  (query) => {
    expect(
      queryTokens(query)
        .map((token) => token.text)
        .join(""),
    ).toBe(query);
  },
);
