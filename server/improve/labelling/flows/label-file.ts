import { parquetWriteBuffer } from "hyparquet-writer";
import type { LabelRow } from "./label-rows.ts";

/** Writes rows as CSV (RFC 4180) as they come. Columns are known before, since a line has all of them. */
export async function* csvOf(columns: readonly string[], rows: AsyncIterable<LabelRow>): AsyncGenerator<string> {
  yield lineOf(columns);
  for await (const row of rows) yield lineOf(columns.map((name) => textOf(row[name])));
}

/** Writes rows as Parquet, column by column: numbers and booleans where all cells of a column are, else texts. */
export async function parquetOf(columns: readonly string[], rows: AsyncIterable<LabelRow>): Promise<Uint8Array> {
  const cells = columns.map((): LabelRow[string][] => []);
  for await (const row of rows) for (const [at, name] of columns.entries()) cells[at]?.push(row[name] ?? null);
  const columnData = columns.map((name, at) => {
    const data = cells[at] ?? [];
    const type = typeOf(data);
    return {
      name,
      type,
      nullable: true,
      data: type === "STRING" ? data.map((cell) => (cell === null ? null : String(cell))) : data,
    };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function typeOf(cells: readonly LabelRow[string][]): "DOUBLE" | "BOOLEAN" | "STRING" {
  const isAll = (type: string) => cells.every((cell) => cell === null || typeof cell === type);
  if (cells.every((cell) => cell === null)) return "STRING";
  return isAll("number") ? "DOUBLE" : isAll("boolean") ? "BOOLEAN" : "STRING";
}

function textOf(cell: LabelRow[string] | undefined): string {
  return cell === null || cell === undefined ? "" : String(cell);
}

/** No text is marked for spreadsheets: a dataset has exactly what was labelled. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}
