import type { Value } from "./value.ts";

/** A row and where it is: the line of a CSV file on which it begins, or the number of the row in a Parquet or Arrow file, from 1. */
export interface Row {
  at: number;
  values: Value[];
}

/** A table whose rows can be read once, one after the other. */
export interface Table {
  columns: string[];
  rows: AsyncIterable<Row>;
}

/** A file that cannot be read as a table, with the place. Its message is for the user. */
export class UnreadableFile extends Error {
  readonly line: number | undefined;
  readonly column: string | undefined;

  constructor(message: string, location: { line?: number | undefined; column?: string | undefined } = {}) {
    super(message);
    this.name = "UnreadableFile";
    this.line = location.line;
    this.column = location.column;
  }
}

const maxColumns = 2000;

/** @throws UnreadableFile when names of columns are missing, double or too many. */
export function checkColumns(columns: readonly string[], line?: number): void {
  if (columns.length === 0) throw new UnreadableFile("The file has no columns.", { line });
  if (columns.length > maxColumns) {
    throw new UnreadableFile(`The file has ${columns.length} columns; the limit is ${maxColumns}.`, { line });
  }
  const seen = new Set<string>();
  columns.forEach((name, index) => {
    if (name === "") throw new UnreadableFile(`Column ${index + 1} has no name.`, { line });
    if (seen.has(name)) throw new UnreadableFile(`Duplicate column name "${name}".`, { line, column: name });
    seen.add(name);
  });
}
