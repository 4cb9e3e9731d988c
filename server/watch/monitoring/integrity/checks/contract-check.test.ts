import { expect, test } from "vitest";
import { ContractRules } from "#server/develop/datasets/rules/contract.ts";
import { checkDatasetContract } from "./contract-check.ts";

const contractOf = (rule: object, columns = {}) => {
  const { columns: rules } = ContractRules.parse({ columns: [{ column: "delay", ...rule }] });
  return { dataset: "flights", revision: 3, rules, columns };
};
const rowsOf = (...values: (number | string | null)[]) =>
  Array.from({ length: 200 }, (_, at) => new Map([["delay", values[at % values.length] ?? null]]));
const inputs = new Set(["delay"]);
const check = (rule: object, ...values: (number | string | null)[]) =>
  checkDatasetContract(contractOf(rule), rowsOf(...values), inputs);

test("reports each contract violation with its contract, rule and numbers", () => {
  const [found, ...others] = check({ min: 0, max: 10 }, 1, 2, 3, 12);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ check: "dataset contract", feature: "delay", state: "broken", severity: "ticket" });
  expect(found?.words).toBe(
    '25% of `delay` violates the contract of dataset "flights" (revision 3): 0 to 10. 50 of 200 logged rows, 1% allowed.',
  );
  expect(found?.evidence).toMatchObject({ rule: "range", bad: 50, reach: 0.25 });
});

test.each<[object, (number | string | null)[], string[]]>([
  [{ nullable: false }, [1, null], ["nullable broken"]],
  [{ nullable: false }, [1, Number.NaN], ["nullable broken"]],
  [{ nullable: false, min: 0 }, [1, 2], ["nullable whole", "range whole"]],
  [{ type: "integer" }, [1, 1.5], ["type broken"]],
  [{ type: "boolean" }, [0, 1], ["type whole"]],
  [{ type: "boolean", levels: ["true"] }, ["1", "0"], ["type whole", "levels broken"]],
  [{ levels: ["BA", "LH"] }, ["BA", "XX"], ["levels broken"]],
  [{ pattern: "^[A-Z]{2}$" }, ["BA", "B1"], ["pattern broken"]],
  [{ max: 0.1, levels: ["0.1"] }, [Math.fround(0.1)], ["range whole", "levels whole"]],
  [{ type: "time" }, [1_700_000_000], []],
  [{ unique: true }, [1], []],
])("checks %j against %j", (rule, values, expected) => {
  const found = check(rule, ...values).map(({ evidence, state }) => `${evidence.rule} ${state}`);
  expect(found).toEqual(expected);
});

test("reports a few invalid rows without a severity, and unknown for too few rows", () => {
  const rows = [...rowsOf(1).slice(1), new Map([["delay", 99]])];
  expect(checkDatasetContract(contractOf({ max: 10 }), rows, inputs)).toMatchObject([
    { state: "small", severity: null },
  ]);
  expect(checkDatasetContract(contractOf({ max: 10 }), rows.slice(-49), inputs)).toMatchObject([{ state: "unknown" }]);
});

test("maps renamed columns through the reference, and does not check outputs", () => {
  const rule = { column: "departure delay", max: 10 };
  const renamed = contractOf(rule, { delay: "departure delay" });
  expect(checkDatasetContract(renamed, rowsOf(99), inputs)).toMatchObject([{ state: "broken", feature: "delay" }]);
  expect(checkDatasetContract(contractOf({ max: 10 }), rowsOf(99), new Set())).toEqual([]);
});
