import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureType, StoreValue } from "../contract.ts";
import { converterOf, ValueProblem } from "../values/convert-value.ts";
import { compileExpression, type Outcome } from "./compile.ts";
import { CheckExpression } from "./contract.ts";

interface CheckedExpression {
  type: FeatureType;
  /** Columns that it reads. */
  reads: readonly string[];
  /** What it gives for the row; undefined without one. */
  outcome: Outcome | undefined;
}

/**
 * Checks an expression over columns, as a definition with it would be, and evaluates it for a row.
 * @throws DomainError with the column of the mistake in the expression, or the field of a value that is not of its column's type
 */
export function checkFeatureExpression(ctx: Context, input: CheckExpression): CheckedExpression {
  permit(ctx, "checkFeatureExpression");
  const { cel, columns, type, row } = CheckExpression.parse(input);
  const compiled = compileExpression(cel, new Map(Object.entries(columns)), type);
  const values = row && rowOf(row, columns);
  const outcome = values && compiled.evaluate((column) => values.get(column) ?? null);
  return { type: compiled.type, reads: compiled.reads, outcome };
}

function rowOf(row: Record<string, unknown>, columns: Record<string, FeatureType>): Map<string, StoreValue> {
  return new Map(
    Object.entries(columns).map(([name, type]) => {
      const value = converterOf(type)(Object.hasOwn(row, name) ? row[name] : null);
      if (!(value instanceof ValueProblem)) return [name, value];
      throw new DomainError("invalid", `Column "${name}": ${value.message}`, { field: `row.${name}` });
    }),
  );
}
