import type { Value } from "./value.ts";

/** One column of some rows as it is in the file: numbers in typed arrays where there are only numbers. */
export interface RawColumn {
  cells: ArrayLike<unknown>;
  /** Whether cells are a Float64Array of what is meant, with NaN where there is no value. */
  isNumbers?: boolean;
  /** Values of which cells, an Int32Array, are the places. */
  words?: readonly Value[];
  /** What a cell is, as of any other file. */
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
