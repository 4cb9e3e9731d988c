import { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findRunIds } from "../runs/find-runs.ts";
import { orderBy } from "../tables/columns.ts";
import { ExportRuns } from "./contract.ts";
import { csvFile } from "./csv-file.ts";
import { allColumns, chosenColumns } from "./export-columns.ts";
import { type Cell, loadCells } from "./load-cells.ts";
import { parquetFile } from "./parquet-file.ts";

/** Maximum number of cells in memory. */
const cellsPerPage = 60_000;
const maxPageSize = 1_000;

/**
 * Exports all runs that match a filter as a file, in the requested order. Reads page by page while the file is consumed, so that memory
 * use does not grow with the number of runs.
 * @throws DomainError "invalid" for a filter that cannot be parsed, "too-large" for too many columns; before the first byte.
 */
export async function exportRuns(
  ctx: Context,
  input: { experimentId: number; format: "csv" | "parquet" } & ExportRuns,
): Promise<Readable> {
  permit(ctx, "exportRuns");
  const { experimentId, format } = input;
  const { filter, sort, columns: wanted } = ExportRuns.parse(input);
  const columns = wanted === undefined ? await allColumns(ctx, experimentId, filter) : chosenColumns(keysOf(wanted));
  const order = sort && orderBy({ column: sort.replace(/^-/, ""), descending: sort.startsWith("-") });
  const search = { experimentIds: [experimentId], filter, orderBy: order ? [order] : [], numericParams: true };
  const limit = Math.max(1, Math.min(maxPageSize, Math.floor(cellsPerPage / columns.length)));
  const first = await findRunIds(ctx, { ...search, limit });
  async function* pages(): AsyncGenerator<Cell[][]> {
    let page = first;
    while (page.rows.length > 0) {
      yield await loadCells(ctx, page.rows, columns);
      if (!page.nextPageToken) return;
      page = await findRunIds(ctx, { ...search, limit, pageToken: page.nextPageToken });
    }
  }
  return Readable.from(format === "csv" ? csvFile(columns, pages()) : parquetFile(columns, pages()));
}

/** Splits a list of keys. A comma inside a key is written %2C. */
function keysOf(columns: string): string[] {
  return columns.split(",").flatMap((key) => (key ? [key.replaceAll("%2C", ",").replaceAll("%25", "%")] : []));
}
