import { ColumnEvaluator } from "#server/develop/datasets/rules/column-evaluator.ts";
import type { ColumnRule } from "#server/develop/datasets/rules/contract.ts";
import { checkValue } from "#server/serve/protection/check-value.ts";
import type { FieldContract } from "#server/serve/protection/contract.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { type ReferenceContract, readValue } from "../checks/contract-check.ts";
import type { RuleRow } from "../rules/check-rules.ts";
import { keepsRule } from "../rules/evaluate-rule.ts";
import { namesIn, parseRule } from "../rules/parse-rule.ts";

/** Whether a row meets one expectation. A missing value does not violate it. */
export type RowPromise = (row: RuleRow) => boolean;

interface Promised {
  settings: Pick<MonitorSettings, "rules" | "limits">;
  /** Contract of the reference's dataset. */
  contract?: ReferenceContract | undefined;
  /** The endpoint's own input contract. */
  fields: readonly FieldContract[];
  specs: readonly FeatureSpec[];
}

/**
 * Returns all expectations for each row of a version: rules across features, limits, the input contract, and the contract of the dataset
 * that its reference came from. Excludes expectations about features that the version does not have.
 * @returns none without expectations, so that nothing can be counted
 */
export function rowPromises({ settings, contract, fields, specs }: Promised): RowPromise[] {
  const names = new Set(specs.map(({ name }) => name));
  const inputs = specs.filter(({ role, source }) => role === "input" && source.from === "element");
  const rules = settings.rules
    .map(({ expression }) => parseRule(expression))
    .filter((rule) => namesIn(rule).every((name) => names.has(name)))
    .map(
      (rule): RowPromise =>
        (row) =>
          keepsRule(rule, (name) => row.get(name) ?? null) !== false,
    );
  const limits = Object.entries(settings.limits)
    .filter(([name]) => names.has(name))
    .map(([name, { min, max }]): RowPromise => {
      return (row) => {
        const value = row.get(name);
        return typeof value !== "number" || !(value < (min ?? value) || value > (max ?? value));
      };
    });
  const ofDataset = inputs.flatMap(({ name }) => {
    const rule = contract?.rules.find(({ column }) => column === (contract.columns[name] ?? name));
    return rule ? [keepsColumn(name, rule)] : [];
  });
  return [...rules, ...limits, ...ofDataset, ...inputs.flatMap((spec) => fieldPromises(spec, fields))];
}

function keepsColumn(name: string, rule: ColumnRule): RowPromise {
  const evaluator = new ColumnEvaluator(rule);
  // The encoding of a time as a number is arbitrary.
  const ofNumbers = rule.type === "time" ? new ColumnEvaluator({ ...rule, type: null }) : evaluator;
  return (row) => {
    const value = row.get(name) ?? null;
    return (typeof value === "number" ? ofNumbers : evaluator).add(readValue(value, rule), 1);
  };
}

function fieldPromises({ name, source }: FeatureSpec, fields: readonly FieldContract[]): RowPromise[] {
  if (source.from !== "element") return [];
  const own = fields.filter(
    ({ input, column }) => input === source.tensor && (column ?? source.index) === source.index,
  );
  return own.map((field) => (row) => checkValue(row.get(name) ?? "", field) === undefined);
}
