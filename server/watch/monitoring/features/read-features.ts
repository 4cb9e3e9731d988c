import type { FeatureSpec, FeatureValue, Given } from "./contract.ts";
import { FeatureReader } from "./feature-reader.ts";

/**
 * Reads the values of rows, one column for each feature in the order of `specs`. In numeric features, strings such as "NaN" and "12" are
 * numbers; in categorical ones, numbers and booleans are strings. Null is missing, and undefined could not be read (an output that was
 * not requested).
 * @param options.labels of the classes. @param options.means of the reference's embeddings, by tensor
 */
export function readFeatures(
  specs: readonly FeatureSpec[],
  given: Given,
  options?: ConstructorParameters<typeof FeatureReader>[1],
): FeatureValue[][] {
  const reader = new FeatureReader(specs, options);
  reader.bind(given);
  const columns = specs.map(({ kind }) => {
    const column = new Array<FeatureValue>(given.rows);
    return { column, read: kind === "numeric" ? asNumber : asLevel };
  });
  // Row by row, so that what several features have in common is worked out once.
  for (let row = 0; row < given.rows; row++) {
    for (const [index, { column, read }] of columns.entries()) column[row] = read(reader.value(index, row));
  }
  return columns.map(({ column }) => column);
}

/** Reads a value as counted by a numeric state. Text that is not a number is missing. */
export function asNumber(value: FeatureValue): number | null | undefined {
  if (typeof value === "number" || value === null || value === undefined) return value;
  if (value === "true" || value === "false") return value === "true" ? 1 : 0;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return Number.isNaN(number) && value !== "NaN" ? null : number;
}

/** Reads a value as counted by a categorical state: a level. A boolean sent as 0 or 1 is one. */
export function asLevel(value: FeatureValue): string | null | undefined {
  return typeof value === "number" ? String(value) : value;
}
