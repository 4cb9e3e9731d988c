import type { Value } from "./value.ts";

/** Row with its position: the first line of the row in a CSV file, or the row number in a Parquet or Arrow file, from 1. */
export interface Row {
  at: number;
  values: Value[];
}

/** Table whose rows can be read once, in order. */
export interface Table {
  columns: string[];
  rows: AsyncIterable<Row>;
}

/** Error for a file that cannot be read as a table, with the position. Its message is shown to the user. */
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

/** @throws UnreadableFile for missing, duplicate or too many column names. */
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
