import { shareOfLimit, viewStates } from "#components/develop/features/view-state.ts";
import type { ViewRow } from "#components/watch/features/view-row.ts";
import { type FilterProblem, readConditions, type WrittenCondition } from "#server/base/filter/read-conditions.ts";

type Test = (row: ViewRow) => boolean;

const help = "Write, for example: state = late and age > 0.7";
const texts: Record<string, (row: ViewRow) => string[]> = {
  view: ({ view }) => [view.name],
  key: ({ view }) => view.current.entities.map(({ joinKey }) => joinKey),
  source: ({ view }) => [view.source ?? ""],
  state: ({ facts }) => viewStates(facts).map(({ word }) => word),
  feature: ({ view }) => [...view.current.features, ...view.current.expressions].map(({ name }) => name),
  user: ({ users }) => users.map(({ name }) => name),
};
const numbers: Record<string, (row: ViewRow) => number | null> = {
  age: ({ facts }) => shareOfLimit(facts),
  found: ({ foundShare }) => foundShare,
};

/**
 * Returns the test of a filter: conditions joined by "and" ("age > 0.7 and found < 0.9"; the age is a share of the limit), or one text that
 * names, keys, sources, features and users contain.
 */
export function readViewFilter(
  text: string,
): { matches: Test; problem?: never } | { matches?: never; problem: FilterProblem } {
  const trimmed = text.trim();
  if (!/[=~<>]/.test(trimmed)) return { matches: containsAnywhere(trimmed.toLowerCase()) };
  const { conditions, problem } = readConditions(trimmed, help, readCondition);
  return problem ? { problem } : { matches: (row) => conditions.every(({ test }) => test(row)) };
}

function containsAnywhere(part: string): Test {
  return (row) => Object.values(texts).some((of) => of(row).some((one) => one.toLowerCase().includes(part)));
}

function readCondition({ field, sign, value }: WrittenCondition): { test: Test } | string {
  const name = field.text.toLowerCase();
  const isText = Object.hasOwn(texts, name);
  if (!isText && !Object.hasOwn(numbers, name)) {
    return `There is no field "${field.text}". Use ${[...Object.keys(texts), ...Object.keys(numbers)].join(", ")}.`;
  }
  if (!sign || !value) return `Expected a sign and a value after "${field.text}". ${help}`;
  return isText ? textTest(name, sign.text, value.text) : numberTest(name, sign.text, value.text);
}

function textTest(name: string, sign: string, value: string): { test: Test } | string {
  const of = texts[name] as (row: ViewRow) => string[];
  const wanted = value.toLowerCase();
  const any = (row: ViewRow, isWanted: (one: string) => boolean) => of(row).some((one) => isWanted(one.toLowerCase()));
  if (sign === "=") return { test: (row) => any(row, (one) => one === wanted) };
  if (sign === "!=") return { test: (row) => !any(row, (one) => one === wanted) };
  if (sign === "~") return { test: (row) => any(row, (one) => one.includes(wanted)) };
  return `Compare "${name}" with =, != or ~.`;
}

function numberTest(name: string, sign: string, value: string): { test: Test } | string {
  const of = numbers[name] as (row: ViewRow) => number | null;
  const limit = Number(value);
  if (value.trim() === "" || !Number.isFinite(limit)) return `"${value}" is not a number. Use a share such as 0.7.`;
  const compare = comparisons[sign];
  if (!compare) return `Compare "${name}" with <, <=, > or >=.`;
  return {
    test: (row) => {
      const number = of(row);
      return number !== null && compare(number, limit);
    },
  };
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
};
