import type { FeatureSpec } from "../features/contract.ts";

const usual = ["label", "target", "y", "class", "truth", "outcome", "ground_truth"];

/**
 * Returns the column that holds the labels according to its name, among columns that are not inputs: named like the output or a class, or a
 * common label name; null if there is none.
 */
export function labelColumnOf(
  columns: readonly string[],
  specs: readonly FeatureSpec[],
  labels: readonly string[] = [],
): string | null {
  const inputs = new Set(specs.filter(({ role }) => role === "input").map(({ name }) => name));
  const free = new Map(columns.filter((name) => !inputs.has(name)).map((name) => [name.toLowerCase(), name]));
  const outputs = specs.filter(({ role }) => role === "output").map(({ source }) => source.tensor);
  // For two classes, the column is assumed to state whether the second one applies.
  const wanted = [...outputs, ...labels.toReversed(), ...usual];
  return wanted.map((name) => free.get(name.toLowerCase())).find((name) => name !== undefined) ?? null;
}
