import { parseSync, Visitor } from "oxc-parser";

/** A regular expression in a source file. */
export interface Expression {
  file: string;
  line: number;
  source: string;
  flags: string;
}

/** The regular expressions of a file: its literals, and the lines at which one is built from a text. */
export interface FoundExpressions {
  literals: Expression[];
  /** `server/a.ts:12` of each `new RegExp(…)`. */
  built: string[];
}

/** Finds the regular expressions of a TypeScript file. */
export function findExpressions(file: string, text: string): FoundExpressions {
  const found: FoundExpressions = { literals: [], built: [] };
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  const visitBuilder = ({ callee, start }: { callee: { type: string; name?: unknown }; start: number }) => {
    if (callee.type === "Identifier" && callee.name === "RegExp") found.built.push(`${file}:${lineAt(start)}`);
  };
  const visitLiteral = (node: object) => {
    if (!("regex" in node)) return;
    const { regex, start } = node as { regex: { pattern: string; flags: string }; start: number };
    found.literals.push({ file, line: lineAt(start), source: regex.pattern, flags: regex.flags });
  };
  const visitor = new Visitor({ Literal: visitLiteral, NewExpression: visitBuilder, CallExpression: visitBuilder });
  visitor.visit(parseSync(file, text).program);
  return found;
}
