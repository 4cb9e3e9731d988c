import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { FeatureType, StoreValue } from "../contract.ts";
import { compileExpression } from "./compile.ts";
import { type ExpressionPlan, planExpressions } from "./plan-expressions.ts";
import { type ComputedColumn, runExpressions } from "./run-expressions.ts";

// Recorded from @bufbuild/cel 0.6.1 and Google's cel-expr-python 0.1.3: docs/spec/features.md section 12.
interface Vector {
  expression: string;
  with?: Record<string, unknown>;
  gives: string;
}
const vectors: Vector[] = JSON.parse(readFileSync(new URL("./golden-expressions.json", import.meta.url), "utf8"))
  .expressions.cases;

interface Column {
  type: FeatureType;
  value: StoreValue;
}

test("there are 53 vectors", () => {
  expect(vectors).toHaveLength(53);
});

test.for(vectors)("$expression gives $gives for $with", async (vector) => {
  const columns = columnsOf(vector);
  const types = new Map([...columns].map(([name, { type }]) => [name, type]));
  const { cel, expected } = comparable(vector);
  if (expected === "refused") {
    expect(() => compileExpression(cel, types)).toThrow();
    return;
  }
  const plan = planExpressions(types, [{ name: "result", type: expected.type, cel, inputs: {} }]);
  // A look-up has one row, a training set many: here others around it that lack every value.
  const online = await outcomeOf(plan, columns, 0, 1);
  const offline = await outcomeOf(plan, columns, 1, 3);
  expect(online).toEqual(expected.value);
  expect(offline).toEqual(expected.value);
});

async function outcomeOf(plan: ExpressionPlan, columns: Map<string, Column>, at: number, rows: number) {
  const batch = new Map(
    [...columns].map(([name, { value }]) => [
      name,
      Array.from({ length: rows }, (_, row) => (row === at ? value : null)),
    ]),
  );
  const [result] = (await runExpressions(plan, batch, rows)) as [ComputedColumn];
  return result.failures.has(at) ? "error" : (result.values[at] ?? null);
}

/** Types of columns by the vector's values: a whole number is int64, null is a float64 that lacks its value. */
function columnsOf({ with: given = {} }: Vector): Map<string, Column> {
  return new Map(Object.entries(given).map(([name, value]) => [name, columnOf(value)]));
}

function columnOf(value: unknown): Column {
  if (value === null) return { type: "float64", value: null };
  if (typeof value === "number") return { type: "int64", value: BigInt(value) };
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "boolean") return { type: "bool", value };
  if (Array.isArray(value)) return { type: "list<int64>", value: value.map(BigInt) };
  const { double } = value as { double?: number | string };
  if (double !== undefined) return { type: "float64", value: Number(double) };
  return { type: "map", value: JSON.stringify(value) };
}

/** Features have no durations and no uint, so those are compared within the expression. */
function comparable({ expression, gives }: Vector): {
  cel: string;
  expected: "refused" | { type: FeatureType; value: StoreValue | "error" };
} {
  const [kind = "", text = ""] = gives.split(/:(.*)/s);
  const value = (type: FeatureType, expected: StoreValue) => ({ cel: expression, expected: { type, value: expected } });
  const isTrue = (cel: string) => ({ cel, expected: { type: "bool" as const, value: true } });
  if (kind === "error") {
    // What the types show is refused when the expression is defined.
    const isRefused = expression === "a + 1.5" || expression === "unknown_var + 1";
    return { cel: expression, expected: isRefused ? "refused" : { type: "int64", value: "error" } };
  }
  if (kind === "int") return value("int64", BigInt(text));
  if (kind === "double") return value("float64", text === "inf" ? Infinity : Number(text));
  if (kind === "str") return value("string", text);
  if (kind === "bool") return value("bool", text === "true");
  if (kind === "bytes") return value("bytes", new Uint8Array(text.split(",").map(Number)));
  if (kind === "duration") return isTrue(`(${expression}) == duration('${text}')`);
  if (kind === "uint") return isTrue(`(${expression}) == ${text}u`);
  const elements = gives.slice(1, -1).split(",");
  return value(
    "list<int64>",
    elements.map((element) => BigInt(element.replace("int:", ""))),
  );
}
