import type { Given, GivenTensor } from "../../features/contract.ts";

/** Some rows of a reference, column by column as requests bring them. */
export interface ReferenceBatch {
  /** Outputs only where the answers are known already. Tensors in Float64Array have NaN where a value is missing. */
  given: Given;
  /** What turned out to be true of a row; null where nobody said. */
  labelOf(row: number): string | null;
}

/** Rows one after the other, read once. */
export interface ReferenceRows {
  /** Null where that is not known before they are read. */
  rowsExpected: number | null;
  batches: AsyncIterable<ReferenceBatch>;
}

/** Elements of a row in one tensor. */
export function rowOf({ data }: GivenTensor, row: number, rows: number): GivenTensor["data"] {
  const width = data.length / rows;
  return Array.from({ length: width }, (_, index) => data[row * width + index]);
}
