import { formatCount } from "#server/base/format-number.ts";
import { rowHasher } from "../rows/row-hash.ts";
import { isOfPass, maxKeys, RowIndex } from "../rows/row-index.ts";
import type { Table } from "../rows/rows.ts";
import { shown } from "../rows/shown.ts";
import { ColumnEvaluator } from "./column-evaluator.ts";
import type { ContractRules, RuleResult } from "./contract.ts";

const maxExamples = 5;

/**
 * Checks a table against a contract: one result per rule, in the order of the rules. Memory does not grow with the rows; uniqueness of
 * more than 4 million rows takes several passes.
 * @param open the table from its start. @param rows their total number.
 */
export async function evaluateTable(
  open: () => Promise<Table>,
  rows: number,
  rules: ContractRules,
): Promise<RuleResult[]> {
  const table = await open();
  const present = rules.columns.filter(({ column }) => table.columns.includes(column));
  const evaluated = present.map((rule) => ({
    index: table.columns.indexOf(rule.column),
    evaluator: new ColumnEvaluator(rule),
  }));
  for await (const { at, values } of table.rows) {
    for (const { index, evaluator } of evaluated) evaluator.add(values[index] ?? null, at);
  }
  const results: RuleResult[] = [];
  for (const rule of rules.columns) {
    const index = present.indexOf(rule);
    if (index === -1) {
      if (rule.required) results.push(presence(rule.column, false));
      continue;
    }
    if (rule.required) results.push(presence(rule.column, true));
    results.push(...(evaluated[index]?.evaluator.results() ?? []));
    if (rule.unique) results.push(await uniqueness(open, rows, rule.column));
  }
  if (!rules.allowsOtherColumns) results.push(otherColumns(table.columns, rules));
  return results;
}

function presence(column: string, passed: boolean): RuleResult {
  const measured = passed ? "present" : "missing";
  return {
    column,
    rule: "required",
    expected: "the column exists",
    measured,
    passed,
    violations: passed ? 0 : 1,
    examples: [],
  };
}

function otherColumns(columns: readonly string[], rules: ContractRules): RuleResult {
  const known = new Set(rules.columns.map(({ column }) => column));
  const others = columns.filter((column) => !known.has(column));
  return {
    column: null,
    rule: "other columns",
    expected: "no columns without a rule",
    measured: others.length === 0 ? "none" : others.slice(0, 10).map(shown).join(", "),
    passed: others.length === 0,
    violations: others.length,
    examples: [],
  };
}

async function uniqueness(open: () => Promise<Table>, rows: number, column: string): Promise<RuleResult> {
  const passes = Math.max(1, Math.ceil(rows / maxKeys));
  let violations = 0;
  const examples: RuleResult["examples"] = [];
  for (let pass = 0; pass < passes; pass++) {
    const index = new RowIndex(Math.min(rows, maxKeys * 1.2));
    const table = await open();
    const toHash = rowHasher(table.columns, [column]);
    const position = table.columns.indexOf(column);
    for await (const { at, values } of table.rows) {
      const value = values[position] ?? null;
      if (value === null) continue;
      const hash = toHash(values);
      if (!isOfPass(hash, pass, passes)) continue;
      const first = index.add(hash, at);
      if (first === undefined) continue;
      violations += 1;
      if (examples.length < maxExamples) examples.push({ at, value: `${shown(value.text)}, as at ${first}` });
    }
  }
  const measured =
    violations === 0 ? "no duplicates" : `${formatCount(violations)} of ${formatCount(rows)} are duplicates`;
  return {
    column,
    rule: "unique",
    expected: "no duplicates",
    measured,
    passed: violations === 0,
    violations,
    examples,
  };
}
