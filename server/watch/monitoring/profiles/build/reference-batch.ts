import type { Given, GivenTensor } from "../../features/contract.ts";

/** Some rows of a reference, column by column as requests bring them. */
export interface ReferenceBatch {
  /** Outputs are present only if the predictions are known already. Float64Array tensors have NaN for missing values. */
  given: Given;
  /** Returns the actual value of a row; null without a label. */
  labelOf(row: number): string | null;
}

/** Rows one after the other, read once. */
export interface ReferenceRows {
  /** Null where that is not known before they are read. */
  rowsExpected: number | null;
  batches: AsyncIterable<ReferenceBatch>;
}

/** Returns the elements of a row in one tensor. */
export function rowOf({ data }: GivenTensor, row: number, rows: number): GivenTensor["data"] {
  const width = data.length / rows;
  return Array.from({ length: width }, (_, index) => data[row * width + index]);
}
