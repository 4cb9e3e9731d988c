import type { FeatureSpec } from "../features/contract.ts";

const usual = ["label", "target", "y", "class", "truth", "outcome", "ground_truth"];

/** The column that by its name holds the truth, among those that are no input: that of the answer's or a class's name, or a usual one; null without one. */
export function labelColumnOf(
  columns: readonly string[],
  specs: readonly FeatureSpec[],
  labels: readonly string[] = [],
): string | null {
  const inputs = new Set(specs.filter(({ role }) => role === "input").map(({ name }) => name));
  const free = new Map(columns.filter((name) => !inputs.has(name)).map((name) => [name.toLowerCase(), name]));
  const outputs = specs.filter(({ role }) => role === "output").map(({ source }) => source.tensor);
  // Of two classes, the second is what the column says is so.
  const wanted = [...outputs, ...labels.toReversed(), ...usual];
  return wanted.map((name) => free.get(name.toLowerCase())).find((name) => name !== undefined) ?? null;
}
