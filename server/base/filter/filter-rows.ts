import { type FilterProblem, readConditions, type WrittenCondition } from "./read-conditions.ts";

export interface RowFields<Row> {
  /** Texts of a field, which =, != and ~ (contains) compare; they ignore case. */
  texts: Record<string, (row: Row) => string[]>;
  /** Numbers, which =, <, <=, > and >= compare; null never matches. */
  numbers: Record<string, (row: Row) => number | null>;
  /** An example, for messages: "Example: state = late and age > 0.7". */
  help: string;
}

type Test<Row> = (row: Row) => boolean;

/**
 * Returns the test of a filter of rows that are in memory: conditions joined by "and", or one text that any of the text fields contains. Bounded
 * by the caller.
 */
export function readRowFilter<Row>(
  text: string,
  fields: RowFields<Row>,
): { matches: Test<Row>; problem?: never } | { matches?: never; problem: FilterProblem } {
  const trimmed = text.trim();
  if (!/[=~<>]/.test(trimmed)) return { matches: containsAnywhere(trimmed.toLowerCase(), fields) };
  const { conditions, problem } = readConditions(trimmed, fields.help, (written) => readCondition(written, fields));
  return problem ? { problem } : { matches: (row) => conditions.every(({ test }) => test(row)) };
}

function containsAnywhere<Row>(part: string, { texts }: RowFields<Row>): Test<Row> {
  return (row) => Object.values(texts).some((of) => of(row).some((one) => one.toLowerCase().includes(part)));
}

function readCondition<Row>(
  { field, sign, value }: WrittenCondition,
  { texts, numbers, help }: RowFields<Row>,
): { test: Test<Row> } | string {
  const name = field.text.toLowerCase();
  const [textOf, numberOf] = [own(texts, name), own(numbers, name)];
  if (!textOf && !numberOf) {
    return `There is no field "${field.text}". Use ${[...Object.keys(texts), ...Object.keys(numbers)].join(", ")}.`;
  }
  if (!sign || !value) return `Expected a sign and a value after "${field.text}". ${help}`;
  if (textOf) return testText(textOf, { name, sign: sign.text, value: value.text });
  return numberOf ? testNumber(numberOf, { name, sign: sign.text, value: value.text }) : help;
}

function own<Value>(values: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

interface Comparison {
  name: string;
  sign: string;
  value: string;
}

function testText<Row>(of: (row: Row) => string[], { name, sign, value }: Comparison): { test: Test<Row> } | string {
  const wanted = value.toLowerCase();
  const any = (row: Row, isWanted: (one: string) => boolean) => of(row).some((one) => isWanted(one.toLowerCase()));
  if (sign === "=") return { test: (row) => any(row, (one) => one === wanted) };
  if (sign === "!=") return { test: (row) => !any(row, (one) => one === wanted) };
  if (sign === "~") return { test: (row) => any(row, (one) => one.includes(wanted)) };
  return `Compare "${name}" with =, != or ~.`;
}

function testNumber<Row>(
  of: (row: Row) => number | null,
  { name, sign, value }: Comparison,
): { test: Test<Row> } | string {
  const limit = Number(value);
  if (value.trim() === "" || !Number.isFinite(limit)) return `"${value}" is not a number. Use a number such as 0.7.`;
  const compare = own(comparisons, sign);
  if (!compare) return `Compare "${name}" with =, <, <=, > or >=.`;
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
