import type { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { compilePattern, PatternProblem } from "#server/base/pattern.ts";
import { isTimeZone } from "#server/base/time-zone.ts";
import { isFunction, isMethod, resultOf } from "./overloads.ts";
import { estimatePatternSize } from "./pattern-size.ts";
import { type Expr, type KindOf, mistakeAt, partsOf, type Syntax } from "./syntax.ts";
import {
  anyType,
  boolType,
  bytesType,
  describeType,
  doubleType,
  type ExpressionType,
  fits,
  intType,
  joinTypes,
  listOf,
  mapOf,
  nullType,
  stringType,
  uintType,
} from "./types.ts";

/** Elements that a list or a map may have, nested ones included. */
export const maxElements = 1_000;
/** Instructions of a compiled pattern: x{500} has 500. */
const maxPatternSize = 2_000;
const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;
/** Columns that an error names. */
const namedColumns = 10;

/** What the check found. */
export interface CheckedTypes {
  type: ExpressionType;
  /** By id of the part. */
  typeOf(expr: Expr): ExpressionType;
  /** Columns that the expression names, in order of appearance. */
  reads: string[];
}

/** What a name stands for: a column, or inside of map, filter, exists, exists_one and all the element and the result so far. */
type Scope = ReadonlyMap<string, { type: ExpressionType; isColumn: boolean }>;

/**
 * Infers the type of an expression over columns, by the rules of CEL's type checker:
 * https://github.com/google/cel-spec/blob/v0.24.0/doc/langdef.md#gradual-type-checking. In addition, a pattern and a time zone have to be
 * literals, so that they are checked once and their cost is known.
 * @throws DomainError with the column of the mistake and what to do
 */
export function checkTypes(syntax: Syntax, columns: ReadonlyMap<string, ExpressionType>): CheckedTypes {
  const types = new Map<bigint, ExpressionType>();
  const reads = new Set<string>();

  const fail = (expr: Expr, message: string): DomainError => mistakeAt(syntax, expr, message);

  function check(expr: Expr, scope: Scope): ExpressionType {
    const type = infer(expr, scope);
    types.set(expr.id, type);
    return type;
  }

  function infer(expr: Expr, scope: Scope): ExpressionType {
    const { exprKind } = expr;
    switch (exprKind.case) {
      case "constExpr":
        return literal(expr, exprKind.value);
      case "identExpr":
        return name(expr, exprKind.value.name, scope);
      case "selectExpr":
        return select(expr, exprKind.value, scope);
      case "callExpr":
        return call(expr, exprKind.value, scope);
      case "listExpr":
        return list(expr, exprKind.value, scope);
      case "structExpr":
        return map(expr, exprKind.value, scope);
      case "comprehensionExpr":
        return comprehension(exprKind.value, scope);
      default:
        throw fail(expr, "This part of the expression is not supported.");
    }
  }

  function literal(expr: Expr, { constantKind }: KindOf<"constExpr">): ExpressionType {
    switch (constantKind.case) {
      case "boolValue":
        return boolType;
      case "bytesValue":
        return bytesType;
      case "doubleValue":
        return doubleType;
      case "int64Value":
        if (constantKind.value > maxInt || constantKind.value < -maxInt - 1n) {
          throw fail(expr, "This number does not fit into 64 bits. Add .0 to make it a double.");
        }
        return intType;
      case "uint64Value":
        if (constantKind.value > maxUint) throw fail(expr, "This number does not fit into 64 bits.");
        return uintType;
      case "stringValue":
        return stringType;
      case "nullValue":
        return nullType;
      default:
        throw fail(expr, "This literal is not supported.");
    }
  }

  function name(expr: Expr, ident: string, scope: Scope): ExpressionType {
    const named = scope.get(ident);
    if (!named) throw fail(expr, describeUnknown(ident, [...columns.keys()]));
    if (named.isColumn) reads.add(ident);
    return named.type;
  }

  function select(expr: Expr, { operand, field, testOnly }: KindOf<"selectExpr">, scope: Scope): ExpressionType {
    const of = check(needed(operand), scope);
    if (of.kind !== "any" && !(of.kind === "map" && fits(stringType, of.key))) {
      throw fail(expr, `.${field} needs a map with text keys, and this is ${describeType(of)}.`);
    }
    if (testOnly) return boolType;
    return of.kind === "map" ? of.value : anyType;
  }

  function list(expr: Expr, { elements }: KindOf<"listExpr">, scope: Scope): ExpressionType {
    if (elements.length > maxElements)
      throw fail(expr, `At most ${formatCount(maxElements)} elements per list; got ${formatCount(elements.length)}.`);
    const types = elements.map((element) => ({ element, type: check(element, scope) }));
    return listOf(joinAll(types, "A list has elements of one type"));
  }

  function map(expr: Expr, { messageName, entries }: KindOf<"structExpr">, scope: Scope): ExpressionType {
    if (messageName !== "") throw fail(expr, `There is no type "${messageName}". Use a map: {'key': value}.`);
    if (entries.length > maxElements)
      throw fail(expr, `At most ${formatCount(maxElements)} entries per map; got ${formatCount(entries.length)}.`);
    const keys: { element: Expr; type: ExpressionType }[] = [];
    let value: ExpressionType | undefined;
    for (const entry of entries) {
      if (entry.keyKind.case !== "mapKey") throw fail(expr, "An entry needs a key: {'key': value}.");
      const key = { element: entry.keyKind.value, type: check(entry.keyKind.value, scope) };
      if (!["any", "bool", "int", "string", "uint"].includes(key.type.kind)) {
        throw fail(key.element, `Keys are text, int, uint or bool, and this is ${describeType(key.type)}.`);
      }
      keys.push(key);
      const entryType = check(needed(entry.value), scope);
      value = value === undefined ? entryType : (joinTypes(value, entryType) ?? anyType);
    }
    return mapOf(joinAll(keys, "A map has keys of one type"), value ?? anyType);
  }

  function joinAll(parts: { element: Expr; type: ExpressionType }[], rule: string): ExpressionType {
    let joined: ExpressionType | undefined;
    for (const { element, type } of parts) {
      const next = joined ? joinTypes(joined, type) : type;
      if (!next)
        throw fail(element, `${rule}, and this is ${describeType(type)} after ${describeType(joined ?? type)}.`);
      joined = next;
    }
    return joined ?? anyType;
  }

  function comprehension(loop: KindOf<"comprehensionExpr">, scope: Scope): ExpressionType {
    const range = check(needed(loop.iterRange), scope);
    if (!["any", "list", "map"].includes(range.kind)) {
      throw fail(needed(loop.iterRange), `Only lists and maps have elements, and this is ${describeType(range)}.`);
    }
    const element = range.kind === "list" ? range.element : range.kind === "map" ? range.key : anyType;
    const start = check(needed(loop.accuInit), scope);
    const within = (accu: ExpressionType) =>
      new Map([
        ...scope,
        [loop.iterVar, { type: element, isColumn: false }],
        [loop.accuVar, { type: accu, isColumn: false }],
      ]);
    const step = check(needed(loop.loopStep), within(start));
    // A list begins empty; what its elements are is known after a step.
    const accu = start.kind === "list" ? stepOf(step, needed(loop.loopStep)) : start;
    check(needed(loop.loopCondition), within(accu));
    return check(needed(loop.result), within(accu));
  }

  /** The list that `map` and `filter` make: [] + [element] has the type of the element's list. */
  function stepOf(type: ExpressionType, step: Expr): ExpressionType {
    if (type.kind !== "list") return type;
    const appended = partsOf(step).find(
      (part) => part.exprKind.case === "listExpr" && part.exprKind.value.elements.length === 1,
    );
    if (appended) return types.get(appended.id) ?? type;
    const added = partsOf(step).find(
      (part) => part.exprKind.case === "callExpr" && part.exprKind.value.function === "_+_",
    );
    return added ? stepOf(type, added) : type;
  }

  function call(expr: Expr, { function: called, target, args }: KindOf<"callExpr">, scope: Scope): ExpressionType {
    if (called === "_[_]") return index(expr, needed(args[0]), needed(args[1]), scope);
    if (!target && !isSpecial(called) && !isFunction(called)) throw fail(expr, describeUnknownFunction(called));
    if (target && !isMethod(called)) throw fail(expr, describeUnknownMethod(called));
    const of = target && check(target, scope);
    const types = args.map((arg) => check(arg, scope));
    const [first, second, third] = types;
    switch (called) {
      case "_&&_":
      case "_||_":
        for (const [position, type] of types.entries()) {
          if (!fits(type, boolType)) {
            throw fail(
              needed(args[position]),
              `A condition has to be bool, and this is ${describeType(type)}. Compare it: x > 0.`,
            );
          }
        }
        return boolType;
      case "@not_strictly_false":
        return boolType;
      case "_?_:_":
        return condition(expr, args, [first ?? anyType, second ?? anyType, third ?? anyType]);
      case "_==_":
      case "_!=_":
        if (!joinTypes(first ?? anyType, second ?? anyType))
          throw fail(expr, describeMismatch(called, undefined, types));
        return boolType;
      case "@in":
        return membership(expr, first ?? anyType, second ?? anyType);
    }
    const result = resultOf(called, of, types);
    if (!result) throw fail(expr, describeMismatch(called, of, types));
    if (called === "matches") checkPattern(needed(args[0]));
    if (of?.kind !== "duration" && called.startsWith("get") && args[0]) checkZone(args[0]);
    // [1] + [2] has ints, which the form list + list does not say.
    if (called === "_+_" && result.kind === "list") {
      const joined = joinTypes(first ?? anyType, second ?? anyType);
      if (!joined) throw fail(expr, describeMismatch(called, undefined, types));
      return joined.kind === "any" ? result : joined;
    }
    return result;
  }

  function index(expr: Expr, operand: Expr, key: Expr, scope: Scope): ExpressionType {
    const of = check(operand, scope);
    const by = check(key, scope);
    if (of.kind === "any") return anyType;
    if (of.kind === "list") {
      if (fits(by, intType)) return of.element;
      throw fail(key, `Elements of a list are taken by int, and this is ${describeType(by)}.`);
    }
    if (of.kind === "map") {
      if (fits(by, of.key)) return of.value;
      throw fail(key, `This map has keys of type ${describeType(of.key)}, and this is ${describeType(by)}.`);
    }
    throw fail(expr, `Only lists and maps have elements, and this is ${describeType(of)}.`);
  }

  function condition(expr: Expr, args: Expr[], [test, yes, no]: [ExpressionType, ExpressionType, ExpressionType]) {
    if (!fits(test, boolType)) {
      throw fail(needed(args[0]), `A condition has to be bool, and this is ${describeType(test)}. Compare it: x > 0.`);
    }
    const joined = joinTypes(yes, no);
    if (joined) return joined;
    throw fail(
      expr,
      `Both results of a condition need one type, and these are ${describeType(yes)} and ${describeType(no)}.${hintFor([yes, no])}`,
    );
  }

  function membership(expr: Expr, element: ExpressionType, container: ExpressionType): ExpressionType {
    const of = container.kind === "list" ? container.element : container.kind === "map" ? container.key : container;
    if (of === container && of.kind !== "any") {
      throw fail(expr, `in needs a list or a map on its right, and this is ${describeType(container)}.`);
    }
    if (!joinTypes(element, of)) {
      throw fail(
        expr,
        `in compares ${describeType(element)} with ${describeType(of)}, which are never equal.${hintFor([element, of])}`,
      );
    }
    return boolType;
  }

  function checkPattern(pattern: Expr): void {
    const text = textOf(pattern);
    if (text === undefined)
      throw fail(pattern, "The pattern of matches has to be a text in the expression, not a column.");
    if (text.includes("\\Q")) throw fail(pattern, "Escape the characters one by one instead of by \\Q.");
    try {
      if (estimatePatternSize(text) > maxPatternSize || compilePattern(text).programSize() > maxPatternSize) {
        throw new PatternProblem("The pattern is too large. Repeat less: x{10} instead of x{1000}.");
      }
    } catch (error) {
      if (error instanceof PatternProblem) throw fail(pattern, error.message);
      throw error;
    }
  }

  function checkZone(zone: Expr): void {
    const text = textOf(zone);
    if (text === undefined) throw fail(zone, "The time zone has to be a text in the expression, not a column.");
    if (!/^[+-]?\d\d:\d\d$/.test(text) && !isTimeZone(text)) {
      throw fail(
        zone,
        `There is no time zone ${JSON.stringify(text)}. Use a name such as Europe/Lisbon, or a distance such as +02:00.`,
      );
    }
  }

  const type = check(syntax.expr, new Map([...columns].map(([column, of]) => [column, { type: of, isColumn: true }])));
  const typeOf = (expr: Expr) => types.get(expr.id) ?? anyType;
  return { type, typeOf, reads: [...reads] };
}

/** The text of a literal. */
function textOf(expr: Expr): string | undefined {
  if (expr.exprKind.case !== "constExpr") return undefined;
  const { constantKind } = expr.exprKind.value;
  return constantKind.case === "stringValue" ? constantKind.value : undefined;
}

/** The parser fills parts that protobuf declares optional. */
function needed(expr: Expr | undefined): Expr {
  if (!expr) throw new Error("The parser skipped a part of the expression");
  return expr;
}

const special = new Set(["_&&_", "_||_", "_?_:_", "_==_", "_!=_", "@in", "@not_strictly_false"]);
const isSpecial = (name: string) => special.has(name);

function describeUnknown(name: string, columns: string[]): string {
  const known = columns.filter((column) => /^[A-Za-z_]\w*$/.test(column));
  const more = known.length > namedColumns ? `, and ${known.length - namedColumns} more` : "";
  const list =
    known.length === 0 ? "There are no columns" : `Columns: ${known.slice(0, namedColumns).join(", ")}${more}`;
  return `There is no column "${name}". ${list}.`;
}

function describeUnknownFunction(name: string): string {
  if (isMethod(name)) return `Write it after a value: x.${name}().`;
  if (name === "has") return "has tests a key of a map: has(m.key).";
  if (name === "type") return "type is not supported: columns have fixed types.";
  return `There is no function "${name}".`;
}

function describeUnknownMethod(name: string): string {
  if (isFunction(name)) return `Write it before the value: ${name}(x).`;
  if (["all", "exists", "exists_one", "filter", "map"].includes(name)) {
    return `${name} needs a name for the element and an expression: list.${name}(x, x > 0).`;
  }
  return `There is no method "${name}".`;
}

function describeMismatch(name: string, target: ExpressionType | undefined, args: ExpressionType[]): string {
  const operator = /^_?(\W+?)_$/.exec(name)?.[1];
  const types = args.map(describeType);
  if (operator && args.length === 2) {
    return `${operator} does not take ${types.join(" and ")}.${hintFor(args)}`;
  }
  if (operator) return `${operator} does not take ${types.join()}.`;
  const on = target ? `${describeType(target)}.` : "";
  return `${on}${name}(${types.join(", ")}) does not exist.${args.some(({ kind }) => kind === "null") ? nullHint : ""}`;
}

const nullHint = " Test for null first: x == null ? 0.0 : x.";

function hintFor(types: ExpressionType[]): string {
  const kinds = types.map(({ kind }) => kind);
  if (kinds.includes("null")) return nullHint;
  if (kinds.includes("double") && kinds.includes("int")) {
    return " Convert one with double(x) or int(x), and write literals of doubles with a point: 1.0.";
  }
  if (kinds.includes("uint") && kinds.includes("int")) return " Convert one with int(x) or uint(x).";
  if (kinds.includes("string")) return " Convert one with string(x), int(x) or double(x).";
  return "";
}
