import { ArgumentError, requireFinite } from "../argument-error.ts";

/** Embeddings of rows: the values of a row one after the other, as a model's output lies in memory. */
export interface Embeddings {
  values: Float64Array | Float32Array;
  dimensions: number;
}

/**
 * Counts the rows of embeddings.
 * @throws ArgumentError unless there is at least one dimension, rows are whole and all values are finite
 */
export function countEmbeddings({ values, dimensions }: Embeddings): number {
  if (!(Number.isInteger(dimensions) && dimensions >= 1)) {
    throw new ArgumentError("The number of dimensions must be whole and at least 1.");
  }
  if (values.length % dimensions !== 0) throw new ArgumentError("Each embedding must have a value of every dimension.");
  requireFinite(values, "Values of embeddings");
  return values.length / dimensions;
}
