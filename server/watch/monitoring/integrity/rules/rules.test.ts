import { expect, test } from "vitest";
import { checkExpressions } from "./check-expressions.ts";
import { checkRules, type RuleRow } from "./check-rules.ts";
import { DataRule } from "./contract.ts";
import { keepsRule } from "./evaluate-rule.ts";
import { parseRule } from "./parse-rule.ts";

const row = new Map<string, number | string | null>(
  Object.entries({
    departure: 600,
    arrival: 755,
    carrier: "UA",
    "tail number": "N14228",
    gap: null,
    broken: Number.NaN,
  }),
);
const keeps = (expression: string) => keepsRule(parseRule(expression), (name) => row.get(name) ?? null);

test("evaluates comparisons, arithmetic and logical operators over features", () => {
  for (const expression of [
    "arrival >= departure",
    "arrival - departure = 155",
    "2 + 3 * 4 = 14 and (2 + 3) * 4 = 20",
    "abs(departure - arrival) < 200 and max(arrival, departure) = 755",
    'carrier in ("UA", "AA") and not carrier = "DL"',
    '`tail number` matches "^N[0-9]{5}$"',
    'length(carrier) = 2 or carrier = "x"',
    "gap is missing and departure is not missing",
    "-1 < 0 and departure in (600, -1)",
  ]) {
    expect(keeps(expression), expression).toBe(true);
  }
  expect(keeps("arrival < departure")).toBe(false);
});

test("returns null for missing values unless the result is certain", () => {
  expect(keeps("gap > 3")).toBeNull();
  expect(keeps("broken > 3")).toBeNull();
  expect(keeps("gap > 3 and arrival < departure")).toBe(false);
  expect(keeps("gap > 3 or arrival > departure")).toBe(true);
  expect(keeps("not gap > 3")).toBeNull();
});

const unsupported = "RE2 does not support look-around or backreferences.";

test("rejects an invalid rule with a message", () => {
  const problems: Record<string, string> = {
    "arrival >": "Unexpected end of the rule.",
    "arrival > departure departure": 'Unexpected "departure".',
    "(arrival > 3": "Missing closing parenthesis.",
    "arrival ; drop": 'Cannot parse "; drop".',
    'carrier matches "(?=a)"': `Invalid regular expression: error parsing regexp: invalid or unsupported Perl syntax: \`(?=\`. ${unsupported}`,
    'carrier matches "["': `Invalid regular expression: error parsing regexp: missing closing ]: \`[\`. ${unsupported}`,
    "arrival is 3": 'Expected "missing" or "not missing" after "is".',
  };
  for (const [expression, message] of Object.entries(problems)) {
    expect(() => checkExpressions([{ expression: "a = 1" }, { expression }]), expression).toThrow(
      expect.objectContaining({ code: "invalid", message, field: "rules.1.expression" }),
    );
  }
  const nested = `${"(".repeat(60)}1${")".repeat(60)} = 1`;
  expect(() => checkExpressions([{ expression: nested }])).toThrow("The rule is nested too deeply.");
});

test("accesses nothing but feature names", () => {
  expect(keeps("constructor = 1")).toBeNull();
  expect(() => parseRule("process.exit()")).toThrow('Unexpected "(".');
});

test("reports a rule as violated when significantly more rows violate it than allowed", () => {
  const rowsOf = (bad: number): RuleRow[] =>
    Array.from({ length: 500 }, (_, at) => new Map([["a", at < bad ? -1 : 1]]));
  const rule = DataRule.parse({ name: "not negative", expression: "a >= 0" });
  const check = (bad: number) => checkRules([rule], rowsOf(bad), new Set(["a"]))[0];
  expect(check(0)).toMatchObject({ state: "whole", words: '"not negative" holds for all 500 logged rows.' });
  expect(check(7)).toMatchObject({ state: "small", severity: null });
  expect(check(20)).toMatchObject({ state: "broken", severity: "ticket", share: 0.04 });
  expect(checkRules([rule], rowsOf(0).slice(0, 20), new Set(["a"]))[0]).toMatchObject({ state: "unknown" });
  expect(checkRules([rule], rowsOf(0), new Set(["b"]))[0]?.words).toContain("which is not a feature");
});
