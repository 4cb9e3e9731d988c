import { type Expr, type KindOf, partsOf } from "./syntax.ts";

/**
 * Columns whose null decides: the expression is null whatever the others are, so it is not evaluated. Others may be null and make a
 * difference only on the way that is taken: y in `x > 0.0 ? y : 1.0`. Depends on the expression alone, so it is the same online and offline.
 */
export function decidingColumns(expr: Expr): Set<string> {
  return nullWith(expr, new Set()).fails;
}

/** Columns with which a part is certainly null, and those with which it even fails for want of a value. The second are among the first. */
interface Decided {
  gives: Set<string>;
  fails: Set<string>;
}

const nothing: Decided = { gives: new Set(), fails: new Set() };

function nullWith(expr: Expr, locals: ReadonlySet<string>): Decided {
  const { exprKind } = expr;
  if (exprKind.case === "identExpr") {
    const { name } = exprKind.value;
    return locals.has(name) ? nothing : { gives: new Set([name]), fails: new Set() };
  }
  if (exprKind.case === "callExpr") return ofCall(exprKind.value, locals);
  if (exprKind.case === "selectExpr") {
    const operand = exprKind.value.operand ? nullWith(exprKind.value.operand, locals) : nothing;
    return exprKind.value.testOnly ? failing(operand.fails) : failing(operand.gives);
  }
  if (exprKind.case === "comprehensionExpr") {
    // Steps run for elements only, so what they need decides nothing.
    const range = exprKind.value.iterRange ? nullWith(exprKind.value.iterRange, locals) : nothing;
    return failing(range.gives);
  }
  // Elements of a list or a map may be null.
  return failing(union(partsOf(expr).map((part) => nullWith(part, locals).fails)));
}

function ofCall({ function: called, target, args }: KindOf<"callExpr">, locals: ReadonlySet<string>): Decided {
  const parts = [...(target ? [target] : []), ...args].map((part) => nullWith(part, locals));
  const [first = nothing, second = nothing, third = nothing] = parts;
  switch (called) {
    case "_?_:_":
      return {
        gives: union([first.gives, both(second.gives, third.gives)]),
        fails: union([first.gives, both(second.fails, third.fails)]),
      };
    case "_&&_":
    case "_||_":
      // false && null is false.
      return failing(both(first.gives, second.gives));
    case "_==_":
    case "_!=_":
      return failing(union(parts.map(({ fails }) => fails)));
    case "@in":
      return failing(union([first.fails, second.gives]));
    case "dyn":
      return first;
    default:
      return failing(union(parts.map(({ gives }) => gives)));
  }
}

const failing = (columns: Set<string>): Decided => ({ gives: columns, fails: columns });
const union = (sets: Set<string>[]) => new Set(sets.flatMap((set) => [...set]));
const both = (left: Set<string>, right: Set<string>) => new Set([...left].filter((column) => right.has(column)));
