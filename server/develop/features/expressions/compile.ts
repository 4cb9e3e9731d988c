import { type CelInput, type CelResult, celEnv, isCelError, plan } from "@bufbuild/cel";
import { DomainError } from "#server/base/errors.ts";
import type { FeatureType, StoreValue } from "../contract.ts";
import { type CheckedTypes, checkTypes } from "./check-types.ts";
import { functions, nullOperand } from "./functions.ts";
import { instrument } from "./instrument.ts";
import { isSpent, startMeter, tooMuchWork } from "./meter.ts";
import { decidingColumns } from "./null-columns.ts";
import { type Expr, partsOf, readSyntax } from "./syntax.ts";
import { describeType, type ExpressionType, elementOf, fits, typeOfColumn } from "./types.ts";
import { fromCel, toCel } from "./values.ts";

/** What an expression gives for one row. */
export type Outcome =
  | { kind: "value"; value: StoreValue }
  /** An operand was null, and nothing tested for it. */
  | { kind: "null-operand" }
  /** The reason is a sentence. */
  | { kind: "failed"; reason: string };

/** An expression that was checked, ready to be evaluated for any number of rows. */
export interface CompiledExpression {
  type: FeatureType;
  /** Columns that it reads. */
  reads: readonly string[];
  /** @param read the value of a column that it reads */
  evaluate: (read: (column: string) => StoreValue) => Outcome;
}

const environment = celEnv({ funcs: functions });
type Plan = (values: Record<string, CelInput>) => CelResult;

/**
 * Checks a CEL expression and prepares it. The same function evaluates it when a row arrives, in a look-up and over the columns of a training
 * set. See docs/spec/features.md section 12.
 * @param type type of the result; left out, it is that of the expression
 * @throws DomainError with the column of the mistake
 */
export function compileExpression(
  text: string,
  columns: ReadonlyMap<string, FeatureType>,
  type?: FeatureType,
): CompiledExpression {
  const syntax = readSyntax(text);
  const types = checkTypes(syntax, new Map([...columns].map(([name, of]) => [name, typeOfColumn(of)])));
  const resultType = type ?? columnTypeOf(types.type);
  refuseOtherType(types.type, resultType);
  const reads = types.reads.map((column) => ({ column, type: columns.get(column) ?? "string" }));
  const deciding = [...decidingColumns(syntax.expr)];
  const plans = plansOf(syntax.expr, types);

  function evaluate(read: (column: string) => StoreValue): Outcome {
    startMeter();
    if (deciding.some((column) => read(column) === null)) return { kind: "null-operand" };
    const values: Record<string, CelInput> = Object.create(null);
    let hasNull = false;
    const { stackTraceLimit } = Error;
    // The engine makes an error for each operation that fails, of which a loop may have thousands; their stacks take most of the time.
    Error.stackTraceLimit = 0;
    try {
      for (const { column, type: of } of reads) {
        const value = read(column);
        hasNull ||= value === null;
        values[column] = toCel(of, value);
      }
      const result = (hasNull ? plans.guarded() : plans.plain())(values);
      if (isSpent()) return failed(tooMuchWork);
      if (isCelError(result)) return describeError(result.message);
      return { kind: "value", value: fromCel(resultType, result) };
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  return { type: resultType, reads: types.reads, evaluate };
}

/** Two plans of one expression: one for rows in which no operand can be null, which is twice as fast, and one that tests for it. */
function plansOf(expr: Expr, types: CheckedTypes): { plain: () => Plan; guarded: () => Plan } {
  const make = (guardsNull: boolean): Plan => plan(environment, instrument(expr, types, guardsNull)) as Plan;
  let guarded: Plan | undefined;
  const guard = () => {
    guarded ??= make(true);
    return guarded;
  };
  if (makesNull(expr, types)) return { plain: guard, guarded: guard };
  const plain = make(false);
  return { plain: () => plain, guarded: guard };
}

/** Whether a part can be null though no column is: by the word null, or as an element of a value whose type is only known when it is there. */
function makesNull(expr: Expr, types: CheckedTypes): boolean {
  const { exprKind } = expr;
  if (exprKind.case === "constExpr") return exprKind.value.constantKind.case === "nullValue";
  if (types.typeOf(expr).kind === "any") return true;
  if (exprKind.case === "callExpr" && ["_==_", "_!=_"].includes(exprKind.value.function)) {
    return exprKind.value.args.some((part) => part.exprKind.case !== "constExpr" && makesNull(part, types));
  }
  return partsOf(expr).some((part) => makesNull(part, types));
}

function describeError(message: string): Outcome {
  return message === nullOperand ? { kind: "null-operand" } : failed(message);
}

/** Reasons are sentences. The engine's are not, and call the operator + "_+_". */
function failed(message: string): Outcome {
  const plain = message
    .replaceAll(/_(\W{1,2})_/g, "$1")
    .replace(/^int (?:divide|modulus) by zero$/, "division by zero");
  return { kind: "failed", reason: `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.` };
}

/** @throws DomainError if features have no such type */
function columnTypeOf(type: ExpressionType): FeatureType {
  switch (type.kind) {
    case "bool":
    case "bytes":
    case "string":
    case "timestamp":
      return type.kind;
    case "int":
      return "int64";
    case "double":
      return "float64";
    case "map":
      return "map";
    case "any":
      return "json";
    case "list": {
      const element = columnTypeOf(type.element);
      if (!element.startsWith("list<")) return `list<${element}>` as FeatureType;
      throw new DomainError("invalid", "Features have no lists of lists.");
    }
    case "duration":
      throw new DomainError("invalid", "Features have no durations. Take the seconds of it: int(d).");
    case "uint":
      throw new DomainError("invalid", "Features have no uint. Convert it: int(x).");
    case "null":
      throw new DomainError("invalid", "The expression is always null.");
  }
}

function refuseOtherType(found: ExpressionType, declared: FeatureType): void {
  if (found.kind === "null") throw new DomainError("invalid", "The expression is always null.");
  const takesAny = declared === "json" || (declared.startsWith("list<") && elementOf(declared as "list<x>") === "json");
  if (fits(found, typeOfColumn(declared)) && !(takesAny && !isJson(found))) return;
  columnTypeOf(found);
  const convert: Partial<Record<ExpressionType["kind"], string>> = { int: "double(x)", double: "int(x)" };
  const hint = convert[found.kind]
    ? ` Convert it with ${convert[found.kind]}, or declare another type.`
    : " Declare another type.";
  throw new DomainError("invalid", `The expression gives ${describeType(found)}, but ${declared} is declared.${hint}`);
}

/** Whether JSON can hold values of a type. */
function isJson(type: ExpressionType): boolean {
  if (type.kind === "list") return isJson(type.element);
  if (type.kind === "map") return isJson(type.value);
  return !["bytes", "duration", "timestamp", "uint"].includes(type.kind);
}
