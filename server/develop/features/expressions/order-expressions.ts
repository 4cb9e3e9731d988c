import { DomainError } from "#server/base/errors.ts";

/** An expression's name and the columns that it reads, among them other expressions. */
interface Node {
  name: string;
  reads: readonly string[];
}

/**
 * Puts expressions after those that they use; otherwise their order stays.
 * @throws DomainError that names the expressions of a circle
 */
export function orderExpressions<T extends Node>(expressions: readonly T[]): T[] {
  const byName = new Map(expressions.map((expression) => [expression.name, expression]));
  const ordered = new Set<T>();
  const open: string[] = [];

  function visit(expression: T): void {
    if (ordered.has(expression)) return;
    const start = open.indexOf(expression.name);
    if (start >= 0) throw new DomainError("invalid", describeCircle([...open.slice(start), expression.name]));
    open.push(expression.name);
    for (const column of expression.reads) {
      const used = byName.get(column);
      if (used) visit(used);
    }
    open.pop();
    ordered.add(expression);
  }

  for (const expression of expressions) visit(expression);
  return [...ordered];
}

function describeCircle(names: string[]): string {
  const [first = "", second] = names;
  if (names.length === 2) return `The expression "${first}" uses itself. Rename the expression or the column.`;
  return `Expressions use each other in a circle: ${names.join(" → ")}. Remove ${second} from ${first}.`;
}
