import { parse } from "@bufbuild/cel";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";

type Parsed = ReturnType<typeof parse>;
/** A part of an expression, as @bufbuild/cel builds it. */
export type Expr = Parsed["expr"];
type Kinds = Expr["exprKind"];
export type KindOf<Case extends NonNullable<Kinds["case"]>> = Extract<Kinds, { case: Case }>["value"];

/** An expression that was read, and where its parts are in the text. */
export interface Syntax {
  text: string;
  expr: Expr;
  /** Offset in UTF-16 units by id of the part. */
  positions: Record<string, number>;
}

export const maxExpressionLength = 2_000;
/** Depth of brackets. The parser, the checks and the evaluation descend one call per level, and the stack has to suffice. */
const maxBrackets = 30;
/** Depth of the tree: a + b + c has two levels. */
const maxDepth = 250;

/**
 * Reads a CEL expression.
 * @throws DomainError with the column of the mistake
 */
export function readSyntax(text: string): Syntax {
  if (text.length > maxExpressionLength) {
    throw mistake(
      `At most ${formatCount(maxExpressionLength)} characters per expression; got ${formatCount(text.length)}. Split the expression: it can use others.`,
      maxExpressionLength,
    );
  }
  if (text.trim() === "") throw mistake("Enter an expression, such as double(trips) / 7.0.", 0);
  refuseDeepBrackets(text);
  const parsed = parseOrThrow(text);
  if (depthOf(parsed.expr) > maxDepth) {
    throw mistake("Too many nested operations. Split the expression: it can use others.", 0);
  }
  return { text, expr: parsed.expr, positions: parsed.sourceInfo?.positions ?? {} };
}

/** An error at a part of the expression. */
export function mistakeAt(syntax: Syntax, expr: Expr, message: string): DomainError {
  const start = syntax.positions[expr.id.toString()] ?? 0;
  // The parser counts the spaces before an operator to it.
  return mistake(message, start + (/^\s*/.exec(syntax.text.slice(start))?.[0].length ?? 0));
}

/** Every part directly below one. */
export function partsOf(expr: Expr): Expr[] {
  const { exprKind } = expr;
  const parts: (Expr | undefined)[] = [];
  if (exprKind.case === "callExpr") parts.push(exprKind.value.target, ...exprKind.value.args);
  if (exprKind.case === "selectExpr") parts.push(exprKind.value.operand);
  if (exprKind.case === "listExpr") parts.push(...exprKind.value.elements);
  if (exprKind.case === "structExpr") {
    for (const entry of exprKind.value.entries) {
      if (entry.keyKind.case === "mapKey") parts.push(entry.keyKind.value);
      parts.push(entry.value);
    }
  }
  if (exprKind.case === "comprehensionExpr") {
    const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
    parts.push(iterRange, accuInit, loopCondition, loopStep, result);
  }
  return parts.filter((part) => part !== undefined);
}

function mistake(message: string, offset: number): DomainError {
  return new DomainError("invalid", message, { column: offset + 1 });
}

function parseOrThrow(text: string): Parsed {
  try {
    return parse(text);
  } catch (error) {
    throw describeFailure(text, error);
  }
}

/** How much of the text after a mistake the message shows. */
const shownLength = 20;

/** Errors of the parser have the position up to which it understood the text, and list each token that would have been possible there. */
function describeFailure(text: string, error: unknown): DomainError {
  const { location, rawMessage } = error as { location?: { start?: { offset?: unknown } }; rawMessage?: unknown };
  const offset = location?.start?.offset;
  if (typeof offset !== "number") return mistake("The expression has a text or number that does not exist in CEL.", 0);
  const rest = text.slice(offset);
  const word = /^\w*/.exec(rest)?.[0];
  if (String(rawMessage).startsWith("reserved")) {
    return mistake(`"${word}" is a word of the language. Rename the column.`, offset);
  }
  if (rest === "") return mistake("The expression ends too early.", offset);
  const before = /\b(?:true|false)$/.exec(text.slice(0, offset))?.[0];
  if (before && word) return mistake(`Names cannot start with "${before}". Rename the column.`, offset);
  const shown = rest.length > shownLength ? `${rest.slice(0, shownLength)}…` : rest;
  return mistake(`From character ${offset + 1} on, the expression cannot be read: ${shown}`, offset);
}

/** Counts brackets outside of texts and comments, before the parser descends into them. */
function refuseDeepBrackets(text: string): void {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(
    /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/[^\r\n]*|[([{]|[)\]}]/g,
  )) {
    if (token === "(" || token === "[" || token === "{") depth += 1;
    if (token === ")" || token === "]" || token === "}") depth -= 1;
    if (depth > maxBrackets) {
      throw mistake(`At most ${maxBrackets} nested brackets. Split the expression: it can use others.`, index);
    }
  }
}

function depthOf(root: Expr): number {
  let level = [root];
  let depth = 0;
  while (level.length > 0 && depth <= maxDepth) {
    level = level.flatMap(partsOf);
    depth += 1;
  }
  return depth;
}
