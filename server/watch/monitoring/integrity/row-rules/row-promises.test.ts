import { expect, test } from "vitest";
import { ContractRules } from "#server/develop/datasets/rules/contract.ts";
import { FieldContract } from "#server/serve/protection/contract.ts";
import { MonitorSettings } from "../../contract.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { rowPromises } from "./row-promises.ts";

const element = (name: string, index: number): FeatureSpec => ({
  name,
  role: "input",
  kind: "numeric",
  source: { from: "element", tensor: "x", index, width: 2 },
});
const specs = [element("x[0]", 0), element("x[1]", 1)];
type Value = number | string | null;
const row = (first: Value, second: Value = 0) =>
  new Map([
    ["x[0]", first],
    ["x[1]", second],
  ]);
const kept = (input: object, ...rows: ReturnType<typeof row>[]) => {
  const promises = rowPromises({ settings: MonitorSettings.parse({}), fields: [], specs, ...input });
  return rows.map((one) => promises.every((keeps) => keeps(one)));
};

test("checks a row against rules, limits, its dataset's contract and the input contract", () => {
  const rules = [
    { name: "a", expression: "`x[1]` >= `x[0]`" },
    { name: "b", expression: "other = 1" },
  ];
  const settings = MonitorSettings.parse({ rules, limits: { "x[0]": { max: 5 }, gone: { min: 1 } } });
  expect(kept({ settings }, row(1, 2), row(3, 2), row(6, 7), row(null, 2))).toEqual([true, false, false, true]);
  const { columns } = ContractRules.parse({ columns: [{ column: "a", min: 0, nullable: false }] });
  const contract = { dataset: "d", revision: 1, rules: columns, columns: { "x[0]": "a" } };
  expect(kept({ contract }, row(1), row(-1), row(null), row(Number.NaN))).toEqual([true, false, false, false]);
  const fields = [FieldContract.parse({ input: "x", column: 1, minimum: 1, onOutside: "flag" })];
  expect(kept({ fields }, row(0, 1), row(1, 0), row(1, null))).toEqual([true, false, false]);
});

test("ignores rules and contracts that do not concern the version's features", () => {
  const settings = MonitorSettings.parse({ limits: { gone: { min: 1 } } });
  const { columns } = ContractRules.parse({ columns: [{ column: "label", nullable: false }] });
  const contract = { dataset: "d", revision: 1, rules: columns, columns: {} };
  expect(rowPromises({ settings, contract, fields: [], specs })).toEqual([]);
});
