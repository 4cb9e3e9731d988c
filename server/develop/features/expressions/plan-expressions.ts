import { DomainError } from "#server/base/errors.ts";
import type { FeatureExpression, FeatureType } from "../contract.ts";
import { type CompiledExpression, compileExpression } from "./compile.ts";
import { orderExpressions } from "./order-expressions.ts";

const maxExpressions = 100;

/** Expressions in the order in which they are evaluated. */
export type ExpressionPlan = readonly (CompiledExpression & { name: string })[];
/** What a plan needs of an expression. */
type PlannedExpression = Pick<FeatureExpression, "name" | "type" | "cel" | "inputs">;

/**
 * Checks expressions over the columns of a row, and orders them so that each follows those that it uses.
 * @param columns types by name of what an expression can read besides the others; features of other views by reference, "view:feature"
 * @throws DomainError that names the expression, with the column of the mistake in it
 */
export function planExpressions(
  columns: ReadonlyMap<string, FeatureType>,
  expressions: readonly PlannedExpression[],
): ExpressionPlan {
  if (expressions.length > maxExpressions) {
    throw new DomainError("invalid", `At most ${maxExpressions} expressions per view; got ${expressions.length}.`);
  }
  const all = new Map(columns);
  for (const { name, type } of expressions) {
    if (all.has(name)) throw new DomainError("invalid", `Two columns have the name "${name}". Rename the expression.`);
    all.set(name, type);
  }
  return orderExpressions(expressions.map((expression) => ({ name: expression.name, ...compile(expression, all) })));
}

function compile(
  { name, type, cel, inputs }: PlannedExpression,
  columns: ReadonlyMap<string, FeatureType>,
): CompiledExpression {
  try {
    return withInputs(compileExpression(cel, withInputTypes(columns, inputs), type), inputs);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const message = `Expression "${name}": ${error.message}`;
    throw new DomainError("invalid", message, { column: error.column, field: "expressions", cause: error });
  }
}

/** Columns under the names that the expression gives to features of other views. */
function withInputTypes(columns: ReadonlyMap<string, FeatureType>, inputs: FeatureExpression["inputs"]) {
  const types = new Map(columns);
  for (const [name, reference] of Object.entries(inputs)) {
    const type = columns.get(reference);
    if (!type) throw new DomainError("invalid", `There is no feature "${reference}".`);
    if (columns.has(name)) throw new DomainError("invalid", `Two columns have the name "${name}". Rename the input.`);
    types.set(name, type);
  }
  return types;
}

/** The same expression, reading other views' features by reference. */
function withInputs(compiled: CompiledExpression, inputs: FeatureExpression["inputs"]): CompiledExpression {
  if (Object.keys(inputs).length === 0) return compiled;
  const references = new Map(Object.entries(inputs));
  const columnOf = (name: string) => references.get(name) ?? name;
  return {
    ...compiled,
    reads: compiled.reads.map(columnOf),
    evaluate: (read) => compiled.evaluate((name) => read(columnOf(name))),
  };
}
