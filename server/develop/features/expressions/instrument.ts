import type { CheckedTypes } from "./check-types.ts";
import { internal } from "./functions.ts";
import { type Expr, type KindOf, partsOf } from "./syntax.ts";
import type { ExpressionType } from "./types.ts";

/** Operators that decide themselves what null means, or that the engine evaluates by itself. */
const lenient = new Set(["_==_", "_!=_", "dyn", "@not_strictly_false"]);
const sized = new Set<ExpressionType["kind"]>(["any", "bytes", "list", "map", "string"]);

/**
 * Adds to an expression what bounds its work: calls of `internal` that count it, and lists of loops that grow in place.
 * @param guardsNull also adds a test to each operand, so that null ends the evaluation with `nullOperand`. Without, such an evaluation ends
 *   with another error, or differently where `||` or `&&` swallow it; so it is only left out where no operand can be null.
 */
export function instrument(expr: Expr, types: CheckedTypes, guardsNull: boolean): Expr {
  const visit = (part: Expr): Expr => rebuild(part);

  /** An operand whose value a function reads. */
  function operand(part: Expr): Expr {
    const inner = visit(part);
    if (guardsNull && canBeNull(part)) return call(internal.value, [inner]);
    return isSized(part) ? call(internal.read, [inner]) : inner;
  }

  /** An operand that may be null, of which the value is read. */
  function readOnly(part: Expr): Expr {
    return isSized(part) ? call(internal.read, [visit(part)]) : visit(part);
  }

  /** Literals are short, and were counted as characters of the expression. */
  function isSized(part: Expr): boolean {
    return part.exprKind.case !== "constExpr" && sized.has(types.typeOf(part).kind);
  }

  function rebuild(part: Expr): Expr {
    const { exprKind } = part;
    switch (exprKind.case) {
      case "callExpr":
        return { ...part, exprKind: { case: "callExpr", value: rebuildCall(exprKind.value) } };
      case "selectExpr": {
        const { operand: of, testOnly } = exprKind.value;
        const rebuilt = of && (testOnly ? visit(of) : operandOfAccess(of));
        return { ...part, exprKind: { case: "selectExpr", value: { ...exprKind.value, operand: rebuilt } } };
      }
      case "listExpr":
        return {
          ...part,
          exprKind: { case: "listExpr", value: { ...exprKind.value, elements: exprKind.value.elements.map(visit) } },
        };
      case "structExpr":
        return { ...part, exprKind: { case: "structExpr", value: rebuildMap(exprKind.value) } };
      case "comprehensionExpr":
        return { ...part, exprKind: { case: "comprehensionExpr", value: rebuildLoop(exprKind.value) } };
      default:
        return part;
    }
  }

  /** Taking one element reads no others. */
  function operandOfAccess(part: Expr): Expr {
    return guardsNull && canBeNull(part) ? call(internal.value, [visit(part)]) : visit(part);
  }

  function rebuildCall(called: KindOf<"callExpr">): KindOf<"callExpr"> {
    const { function: name, target, args } = called;
    const [first, second, third] = args;
    if (lenient.has(name)) return { ...called, args: args.map(readOnly) };
    if (name === "@in" && first && second) return { ...called, args: [readOnly(first), operand(second)] };
    if (name === "_[_]" && first && second) return { ...called, args: [operandOfAccess(first), operand(second)] };
    if (name === "_?_:_" && first && second && third) {
      return { ...called, args: [operand(first), visit(second), visit(third)] };
    }
    const rebuilt = { ...called, args: args.map(operand) };
    return target ? { ...rebuilt, target: operand(target) } : rebuilt;
  }

  function rebuildMap(map: KindOf<"structExpr">): KindOf<"structExpr"> {
    const entries = map.entries.map((entry) => ({
      ...entry,
      keyKind:
        entry.keyKind.case === "mapKey"
          ? { case: "mapKey" as const, value: operand(entry.keyKind.value) }
          : entry.keyKind,
      value: entry.value && visit(entry.value),
    }));
    return { ...map, entries };
  }

  function rebuildLoop(loop: KindOf<"comprehensionExpr">): KindOf<"comprehensionExpr"> {
    const { iterRange, accuInit, loopCondition, loopStep } = loop;
    if (!iterRange || !accuInit || !loopCondition || !loopStep) return loop;
    const growsList = accuInit.exprKind.case === "listExpr";
    const step = visit(loopStep);
    return {
      ...loop,
      iterRange: operand(iterRange),
      accuInit: growsList ? call(internal.list, []) : accuInit,
      loopCondition: call(internal.go, [visit(loopCondition), integer(1 + sizeOf(loopStep))]),
      loopStep: growsList ? appending(step, loop.accuVar) : step,
    };
  }

  return visit(expr);
}

/** In a step of `map` or `filter`, result + [element] becomes append(result, element). */
function appending(step: Expr, accu: string): Expr {
  const { exprKind } = step;
  if (exprKind.case !== "callExpr") return step;
  const { function: name, args } = exprKind.value;
  const [first, second, third] = args;
  if (name === "_?_:_" && first && second && third) {
    const value = { ...exprKind.value, args: [first, appending(second, accu), third] };
    return { ...step, exprKind: { case: "callExpr", value } };
  }
  const element = second && bare(second);
  if (name === "_+_" && element?.exprKind.case === "listExpr") {
    const [appended] = element.exprKind.value.elements;
    if (appended) return call(internal.append, [ident(accu), appended]);
  }
  return step;
}

/** Without the call that counts. */
function bare(expr: Expr): Expr {
  const { exprKind } = expr;
  const isCounted = exprKind.case === "callExpr" && [internal.read, internal.value].includes(exprKind.value.function);
  return (isCounted ? exprKind.value.args[0] : undefined) ?? expr;
}

/** Names, elements and keys can be null, and what is chosen among them. What functions return is not. */
function canBeNull({ exprKind }: Expr): boolean {
  switch (exprKind.case) {
    case "identExpr":
    case "selectExpr":
      return true;
    case "constExpr":
      return exprKind.value.constantKind.case === "nullValue";
    case "callExpr": {
      const { function: name, args } = exprKind.value;
      if (name === "_[_]") return true;
      if (name === "_?_:_") return args.slice(1).some(canBeNull);
      return name === "dyn" && args.some(canBeNull);
    }
    default:
      return false;
  }
}

/** Parts of a step, without those of loops in it, which count themselves. */
function sizeOf(expr: Expr): number {
  if (expr.exprKind.case === "comprehensionExpr") return 1;
  return partsOf(expr).reduce((size, part) => size + sizeOf(part), 1);
}

function call(name: string, args: Expr[]): Expr {
  return made({ case: "callExpr", value: { $typeName: "cel.expr.Expr.Call", function: name, args } });
}

function ident(name: string): Expr {
  return made({ case: "identExpr", value: { $typeName: "cel.expr.Expr.Ident", name } });
}

function integer(value: number): Expr {
  const constant = { case: "int64Value" as const, value: BigInt(value) };
  return made({ case: "constExpr", value: { $typeName: "cel.expr.Constant", constantKind: constant } });
}

function made(exprKind: Expr["exprKind"]): Expr {
  return { $typeName: "cel.expr.Expr", id: 0n, exprKind };
}
