import type { FeatureExpression, FeatureType, ViewVersion } from "../contract.ts";
import { RowLayout, type RowSlot } from "../rows/packed-row.ts";

const layouts = new WeakMap<ViewVersion, RowLayout>();

/** Returns the layout of rows of a version: its features, then the expressions that are stored with them. */
export function layoutOf(version: ViewVersion): RowLayout {
  const known = layouts.get(version);
  if (known) return known;
  const layout = new RowLayout(version.version, slotsOf(version));
  layouts.set(version, layout);
  return layout;
}

/** Returns what a row of a version holds, in the order of its slots. */
export function slotsOf({ features, expressions }: Pick<ViewVersion, "features" | "expressions">): RowSlot[] {
  return [...features, ...atArrival(expressions)].map(({ name, type }) => ({ name, type }));
}

/** Returns everything that can be looked up: what rows hold, then expressions that are evaluated at look-up. */
export function featuresOf(
  version: Pick<ViewVersion, "features" | "expressions">,
): { name: string; type: FeatureType }[] {
  return [...slotsOf(version), ...atLookUp(version.expressions).map(({ name, type }) => ({ name, type }))];
}

export function atArrival(expressions: readonly FeatureExpression[]): FeatureExpression[] {
  return expressions.filter(({ at }) => at === "arrival");
}

export function atLookUp(expressions: readonly FeatureExpression[]): FeatureExpression[] {
  return expressions.filter(({ at }) => at === "look-up");
}
