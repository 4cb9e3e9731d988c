import { formatCount, percent } from "#server/base/format-number.ts";
import { type Value, valueOfFloat32, valueOfNumber, valueOfText } from "#server/develop/datasets/rows/value.ts";
import { ColumnEvaluator } from "#server/develop/datasets/rules/column-evaluator.ts";
import type { ColumnRule } from "#server/develop/datasets/rules/contract.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";
import type { RuleRow } from "../rules/check-rules.ts";

/** The contract currently in effect for the dataset from which a reference was built. */
export interface ReferenceContract {
  dataset: string;
  revision: number;
  rules: readonly ColumnRule[];
  /** Column names of features whose column is named differently. */
  columns: Readonly<Record<string, string>>;
}

/** Share of violating rows above which, with confidence, an expectation is reported: a few rows in a sample do not justify a ticket. */
const maxBadShare = 0.01;

const truth = [valueOfText("false"), valueOfText("true")];

/**
 * Checks traffic against the contract of its reference's dataset: types, missing values, ranges, levels and patterns of each input with a
 * column in it, one check per expectation. Expectations about a complete table, such as uniqueness, do not apply to requests. Features
 * derived from text or images have no column.
 * @param inputs names of the features that are inputs
 */
export function checkDatasetContract(
  contract: ReferenceContract,
  rows: readonly RuleRow[],
  inputs: ReadonlySet<string>,
): CheckResult[] {
  const byColumn = new Map(contract.rules.map((rule) => [rule.column, rule]));
  return [...inputs].flatMap((feature) => {
    const rule = byColumn.get(contract.columns[feature] ?? feature);
    return rule ? evaluateRule(contract, rule, { feature, values: rows.map((row) => row.get(feature) ?? null) }) : [];
  });
}

function evaluateRule(
  { dataset, revision }: ReferenceContract,
  rule: ColumnRule,
  { feature, values }: { feature: string; values: readonly (number | string | null)[] },
): CheckResult[] {
  const isNumber = values.some((value) => typeof value === "number");
  // The encoding of a time as a number is arbitrary.
  const evaluator = new ColumnEvaluator(isNumber && rule.type === "time" ? { ...rule, type: null } : rule);
  let present = 0;
  for (const [at, value] of values.entries()) {
    const read = readValue(value, rule);
    if (read) present += 1;
    evaluator.add(read, at);
  }
  return evaluator.results().map(({ rule: promise, expected, violations }) => {
    const count = promise === "nullable" ? values.length : present;
    const of = `the contract of dataset "${dataset}" (revision ${revision})`;
    const named = { check: "dataset contract" as const, feature, rows: count };
    const evidence = { dataset, revision, rule: promise, expected, bad: violations };
    if (count < minRows) {
      const words = `\`${feature}\`: ${of} requires ${expected}; only ${count} logged rows have it, at least ${minRows} needed for a result.`;
      return checkOf({ ...named, state: "unknown", words, evidence });
    }
    const share = violations / count;
    const isBroken = violations > 0 && wilsonInterval({ share, count }).low > maxBadShare;
    return checkOf({
      ...named,
      share,
      usual: 0,
      line: maxBadShare,
      state: isBroken ? "broken" : violations > 0 ? "small" : "whole",
      severity: isBroken ? "ticket" : null,
      words:
        violations === 0
          ? `\`${feature}\` satisfies ${of}: ${expected}, in all ${formatCount(count)} logged rows.`
          : `${percent(share)} of \`${feature}\` violates ${of}: ${expected}. ${formatCount(violations)} of ${formatCount(count)} logged rows, ${percent(maxBadShare)} allowed.`,
      evidence: { ...evidence, reach: share },
    });
  });
}

/**
 * Reads a value of a request like a value of a file. Requests contain numbers as the model reads them: 1 for true, and 0.1 in single
 * precision for 0.1.
 */
export function readValue(value: number | string | null, { type }: ColumnRule): Value {
  if (value === null) return null;
  if (type === "boolean" && (String(value) === "0" || String(value) === "1")) return truth[Number(value)] ?? null;
  if (typeof value === "string") return valueOfText(value);
  return Number.isInteger(value) || Math.fround(value) !== value ? valueOfNumber(value) : valueOfFloat32(value);
}
