import { csvLine } from "#server/base/csv-line.ts";
import type { ExportColumn } from "./export-columns.ts";
import type { Cell } from "./load-cells.ts";

/** Writes CSV, one page of rows at a time: times in ISO 8601 UTC, NaN as "NaN", missing values as empty cells. */
export async function* csvFile(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<Cell[][]>,
): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const rows of pages) yield rows.map((row) => csvLine(row.map(cellText))).join("");
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  return cell instanceof Date ? cell.toISOString() : String(cell);
}
