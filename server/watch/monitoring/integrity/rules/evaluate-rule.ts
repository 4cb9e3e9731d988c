import { limits } from "#server/base/limits.ts";
import type { CallName, Comparison, RuleNode } from "./parse-rule.ts";

type Value = number | string | boolean | null;

/**
 * Whether a row satisfies a rule; null when a missing value makes it undecidable, as in SQL: that is no violation.
 * @param read returns the value of a feature in the row; null when it is missing
 */
export function keepsRule(node: RuleNode, read: (name: string) => number | string | null): boolean | null {
  const value = evaluate(node, read);
  return typeof value === "boolean" ? value : null;
}

function evaluate(node: RuleNode, read: (name: string) => number | string | null): Value {
  const inner = (one: RuleNode) => evaluate(one, read);
  switch (node.kind) {
    case "value":
      return node.value;
    case "name":
      return known(read(node.name));
    case "sum":
      return arithmetic(node.sign, inner(node.left), inner(node.right));
    case "compare":
      return compared(node.sign, inner(node.left), inner(node.right));
    case "in": {
      const value = inner(node.value);
      return value === null ? null : node.among.some((one) => compared("=", value, one) === true);
    }
    case "matches": {
      const value = inner(node.value);
      return value === null ? null : node.pattern.test(String(value).slice(0, limits.matchedLength));
    }
    case "missing":
      return (inner(node.value) === null) !== node.isNot;
    case "call":
      return called(node.name, node.values.map(inner));
    case "not": {
      const value = inner(node.value);
      return typeof value === "boolean" ? !value : null;
    }
    case "and":
    case "or":
      return joined(node.kind, inner(node.left), () => inner(node.right));
  }
}

/** Returns null for NaN, which counts as missing too. */
function known(value: number | string | null): Value {
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}

function arithmetic(sign: "+" | "-" | "*" | "/", left: Value, right: Value): Value {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === null || b === null) return null;
  const result = sign === "+" ? a + b : sign === "-" ? a - b : sign === "*" ? a * b : a / b;
  return Number.isNaN(result) ? null : result;
}

/** Compares by numeric value if both are numbers, otherwise as texts. */
function compared(sign: Comparison, left: Value, right: Value): boolean | null {
  if (left === null || right === null) return null;
  const [a, b] = [numberOf(left), numberOf(right)];
  const order =
    a !== null && b !== null ? a - b : String(left) < String(right) ? -1 : Number(String(left) > String(right));
  switch (sign) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function numberOf(value: Value): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

function called(name: CallName, values: Value[]): Value {
  const [first = null] = values;
  if (name === "length") return first === null ? null : String(first).length;
  const numbers = values.map(numberOf);
  if (numbers.some((number) => number === null)) return null;
  const all = numbers as number[];
  if (name === "abs") return Math.abs(all[0] as number);
  return name === "min" ? Math.min(...all) : Math.max(...all);
}

/**
 * Evaluates "and" and "or" with three values: a false operand makes "and" false and a true one makes "or" true, even if the other is
 * missing.
 */
function joined(kind: "and" | "or", left: Value, right: () => Value): boolean | null {
  const decides = kind === "or";
  if (left === decides) return decides;
  const other = right();
  if (other === decides) return decides;
  return typeof left === "boolean" && typeof other === "boolean" ? !decides : null;
}
