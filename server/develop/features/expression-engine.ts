import type { BadCell, FeatureExpression, FeatureType, StoreValue } from "./contract.ts";

/** A column of rows, in memory. */
export interface TypedColumn {
  readonly type: FeatureType;
  readonly values: readonly StoreValue[];
}

/**
 * Evaluates expressions over columns of rows. The same function runs at arrival, at look-up and in training sets, so that their values cannot
 * differ.
 */
export interface ExpressionEngine {
  /**
   * @param columns by the name that expressions use
   * @returns a column for each expression in their order, with null where it failed, and the failures
   */
  evaluate(
    expressions: readonly FeatureExpression[],
    columns: ReadonlyMap<string, TypedColumn>,
    rows: number,
  ): { columns: StoreValue[][]; problems: BadCell[] };
}
