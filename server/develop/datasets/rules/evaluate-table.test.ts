import { describe, expect, test } from "vitest";
import { tableOf } from "../../../testing/fixtures/datasets/testing.ts";
import { type ColumnRule, ContractRules } from "./contract.ts";
import { evaluateTable } from "./evaluate-table.ts";

const flights = tableOf(
  "id,carrier,delay,late",
  "1,BA,12.5,true",
  "2,LH,-3,false",
  "2,XX,900,true",
  "4,,soon,true",
  "5,BA,7,true",
);

async function evaluator(rule: Partial<ColumnRule> & { column: string }, more: object = {}) {
  return evaluateTable(flights, 5, ContractRules.parse({ columns: [rule], ...more }));
}

async function broken(rule: Partial<ColumnRule> & { column: string }) {
  const results = await evaluator({ required: false, ...rule });
  return results.filter(({ passed }) => !passed);
}

describe("violated rule", () => {
  test("reports a type violation with its position", async () => {
    expect(await broken({ column: "delay", type: "number" })).toEqual([
      {
        column: "delay",
        rule: "type",
        expected: "every value a number",
        measured: "1 of 5 is not",
        passed: false,
        violations: 1,
        examples: [{ at: 5, value: "soon" }],
      },
    ]);
  });

  test("reports values out of range", async () => {
    expect(await broken({ column: "delay", min: 0, max: 100 })).toMatchObject([
      { rule: "range", expected: "0 to 100", measured: "-3 to 900", violations: 2, examples: [{ at: 3 }, { at: 4 }] },
    ]);
  });

  test("reports values that do not match a pattern", async () => {
    expect(await broken({ column: "carrier", pattern: "^[A-L]{2}$" })).toMatchObject([
      {
        rule: "pattern",
        expected: "like ^[A-L]{2}$",
        measured: "1 of 5 does not match",
        examples: [{ at: 4, value: "XX" }],
      },
    ]);
    expect(await broken({ column: "carrier", pattern: "([A-Z]+)+" })).toEqual([]);
  });

  test("reports unknown levels", async () => {
    expect(await broken({ column: "carrier", levels: ["BA", "LH"] })).toMatchObject([
      { rule: "levels", expected: "BA, LH", measured: "1 of 5 has another value", examples: [{ at: 4, value: "XX" }] },
    ]);
  });

  test("reports missing values in a column that is not nullable", async () => {
    expect(await broken({ column: "carrier", nullable: false })).toMatchObject([
      { rule: "nullable", measured: "1 of 5 is missing", examples: [{ at: 5, value: "–" }] },
    ]);
  });

  test("reports duplicates in a unique column", async () => {
    expect(await broken({ column: "id", unique: true })).toMatchObject([
      { rule: "unique", violations: 1, examples: [{ at: 4, value: "2, as at 3" }] },
    ]);
  });

  test("reports a missing required column once", async () => {
    const results = await evaluator({ column: "gate", type: "text", unique: true, nullable: false });
    expect(results).toMatchObject([{ column: "gate", rule: "required", passed: false, violations: 1 }]);
    expect(await evaluator({ column: "gate", required: false, type: "text" })).toEqual([]);
  });

  test("reports columns without a rule if none are allowed", async () => {
    expect(await evaluator({ column: "id" }, { allowsOtherColumns: false })).toMatchObject([
      { rule: "required", passed: true },
      { column: null, rule: "other columns", passed: false, measured: "carrier, delay, late", violations: 3 },
    ]);
  });
});

test.each<Partial<ColumnRule> & { column: string }>([
  { column: "id", type: "integer", min: 1, max: 5, nullable: false },
  { column: "id", type: "number" },
  { column: "delay", type: "text" },
  { column: "late", type: "boolean", levels: ["True", "FALSE"] },
  { column: "carrier", levels: ["BA", "LH", "XX"] },
])("passes %j", async (rule) => {
  expect(await broken(rule)).toEqual([]);
});

test.each([
  [[{ column: "a" }, { column: "a" }], "Duplicate rule"],
  [[{ column: "a", min: 2, max: 1 }], "greater than its maximum"],
])("rejects the rules %j", (columns, words) => {
  expect(ContractRules.safeParse({ columns }).error?.message).toContain(words);
});
