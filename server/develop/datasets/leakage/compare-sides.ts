import { DomainError } from "#server/base/errors.ts";
import { byCodeUnits, rowHasher } from "../rows/row-hash.ts";
import { isOfPass, maxKeys, RowIndex } from "../rows/row-index.ts";
import type { Row, Table } from "../rows/rows.ts";
import { shown } from "../rows/shown.ts";
import { valueOfText } from "../rows/value.ts";
import type { LeakageQuestion, LeakageResult, Side } from "./contract.ts";

export interface SideRows {
  where: Side["where"];
  /** Row count of the complete table, the maximum for the side. */
  rows: number;
  /** Opens the table at its start. */
  open: () => Promise<Table>;
}

const maxExamples = 10;

/**
 * Finds rows of `right` that are also in `left`, by hash. Memory does not grow with the rows: beyond 4 million rows on the left each file
 * is read several times, for one part of all hashes at a time.
 * @throws DomainError "invalid" when a column is missing, or there is none to compare.
 */
export async function compareSides(
  left: SideRows,
  right: SideRows,
  chosen: LeakageQuestion["columns"],
): Promise<LeakageResult> {
  const columns = comparedColumns((await left.open()).columns, (await right.open()).columns, left, right, chosen);
  const passes = Math.max(1, Math.ceil(left.rows / maxKeys));
  const result: LeakageResult = { columns, leftRows: 0, rightRows: 0, sharedRows: 0, examples: [] };
  for (let pass = 0; pass < passes; pass++) {
    const index = new RowIndex(Math.min(left.rows, maxKeys * 1.2));
    for await (const { hash, row } of hashed(left, columns)) {
      if (pass === 0) result.leftRows += 1;
      if (isOfPass(hash, pass, passes)) index.add(hash, row.at);
    }
    for await (const { hash, row, values } of hashed(right, columns)) {
      if (pass === 0) result.rightRows += 1;
      if (!isOfPass(hash, pass, passes)) continue;
      const leftAt = index.find(hash);
      if (leftAt === undefined) continue;
      result.sharedRows += 1;
      if (result.examples.length < maxExamples) {
        result.examples.push({ leftAt, rightAt: row.at, values: values() });
      }
    }
  }
  return result;
}

function comparedColumns(
  ofLeft: readonly string[],
  ofRight: readonly string[],
  left: SideRows,
  right: SideRows,
  chosen: LeakageQuestion["columns"],
): string[] {
  const splits = [left.where?.column, right.where?.column];
  const common = ofLeft.filter((name) => ofRight.includes(name)).toSorted(byCodeUnits);
  for (const name of [...(chosen ?? []), ...splits.filter((split) => split !== undefined)]) {
    const table = splits.includes(name) ? [...ofLeft, ...ofRight] : common;
    if (!table.includes(name))
      throw new DomainError("invalid", `Column "${name}" does not exist on both sides. Choose other columns.`);
  }
  const columns = chosen ?? common.filter((name) => !splits.includes(name));
  if (columns.length === 0) {
    throw new DomainError("invalid", "The two sides have no columns in common, so no rows can match.");
  }
  return columns;
}

async function* hashed(side: SideRows, columns: readonly string[]) {
  const table = await side.open();
  const toHash = rowHasher(table.columns, columns);
  const indices = columns.map((name) => table.columns.indexOf(name));
  const isOfSide = filterOf(side, table.columns);
  for await (const row of table.rows) {
    if (!isOfSide(row)) continue;
    const values = () =>
      indices.map((index) => {
        const value = row.values[index] ?? null;
        return value === null ? null : shown(value.text);
      });
    yield { hash: toHash(row.values), row, values };
  }
}

function filterOf({ where }: SideRows, columns: readonly string[]): (row: Row) => boolean {
  if (!where) return () => true;
  const index = columns.indexOf(where.column);
  if (index === -1) throw new DomainError("invalid", `There is no column "${where.column}" to split by.`);
  const wanted = valueOfText(where.value)?.text;
  return ({ values }) => values[index]?.text === wanted;
}
