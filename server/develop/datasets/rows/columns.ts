import type { Value } from "./value.ts";

/** One column of some rows as it is in the file: numbers in typed arrays where there are only numbers. */
export interface RawColumn {
  cells: ArrayLike<unknown>;
  /** Whether cells are a Float64Array of the actual values, with NaN for missing ones. */
  isNumbers?: boolean;
  /** Values that the cells, an Int32Array of indices, refer to. */
  words?: readonly Value[];
  /** Converts a cell to a value, as for any other file. */
  value(cell: unknown): Value;
}

/** Some rows of a file, column by column. */
export interface ColumnBatch {
  /** Number of the first row, from 1. */
  at: number;
  rows: number;
  /** Line of each row in a file of lines; elsewhere rows follow each other. */
  lines?: ArrayLike<number>;
  columns: RawColumn[];
}

/** A file that holds columns, read once from the start. What is wrong with it is thrown as UnreadableFile. */
export interface ColumnTable {
  columns: string[];
  batches: AsyncIterable<ColumnBatch>;
}
