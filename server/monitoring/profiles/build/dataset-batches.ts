import type { ColumnBatch, ColumnTable, RawColumn } from "#server/datasets/rows/columns.ts";
import type { Row, Table } from "#server/datasets/rows/rows.ts";
import type { Value } from "#server/datasets/rows/value.ts";
import type { ReferenceBatch } from "./reference-batch.ts";
import type { Span, TensorColumns } from "./tensor-columns.ts";

const batchRows = 4096;

interface Wish {
  tensors: readonly TensorColumns[];
  labelColumn: string | null;
  /** Only rows whose cell says this. */
  where: { column: string; value: string } | null;
}

/** Rows of a table of columns as batches of a reference. @throws UnreadableFile with line and column, while rows are read */
export async function* columnBatches(
  { columns, batches }: ColumnTable,
  { tensors, labelColumn, where }: Wish,
): AsyncGenerator<ReferenceBatch> {
  for await (const batch of batches) {
    const chosen = where
      ? rowsWhere(batch, columns.indexOf(where.column), where.value)
      : { ...batch, rowAt: undefined };
    for (let from = 0; from < chosen.rows; from += batchRows) {
      const to = Math.min(chosen.rows, from + batchRows);
      const span = { from, to, at: (row: number) => chosen.rowAt?.(row) ?? batch.at + row };
      yield toBatch(chosen.columns, span, tensors, columns.indexOf(labelColumn ?? ""));
    }
  }
}

/** Rows of a table of lines as batches of a reference. @throws UnreadableFile with line and column, while rows are read */
export async function* rowBatches(
  { columns, rows }: Table,
  { tensors, labelColumn, where }: Wish,
): AsyncGenerator<ReferenceBatch> {
  const place = where ? columns.indexOf(where.column) : -1;
  let list: Row[] = [];
  const flush = () => {
    const taken = list;
    list = [];
    const raw = columns.map((_, at): RawColumn => ({ cells: taken.map(({ values }) => values[at]), value: asIs }));
    const span = { from: 0, to: taken.length, at: (row: number) => taken[row]?.at ?? 0 };
    return toBatch(raw, span, tensors, columns.indexOf(labelColumn ?? ""));
  };
  for await (const row of rows) {
    if (where && (row.values[place]?.text ?? "") !== where.value) continue;
    list.push(row);
    if (list.length === batchRows) yield flush();
  }
  if (list.length > 0) yield flush();
}

const asIs = (cell: unknown) => (cell as Value | undefined) ?? null;

function toBatch(
  columns: readonly RawColumn[],
  span: Span,
  tensors: readonly TensorColumns[],
  labelPlace: number,
): ReferenceBatch {
  const label = columns[labelPlace];
  const inputs = tensors.map((tensor) => ({
    name: tensor.tensor,
    datatype: tensor.datatype,
    data: tensor.fill(columns, span),
  }));
  return {
    given: { rows: span.to - span.from, inputs },
    labelOf: (row) => (label ? (label.value(label.cells[span.from + row])?.text ?? null) : null),
  };
}

/** The rows of a batch whose cell says so, with where each was. */
function rowsWhere({ at, rows, columns }: ColumnBatch, place: number, value: string) {
  const column = columns[place];
  const kept: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    if (column && (column.value(column.cells[row])?.text ?? "") === value) kept.push(row);
  }
  const pick = ({ cells, value }: RawColumn): RawColumn => ({ cells: kept.map((row) => cells[row]), value });
  return { rows: kept.length, columns: columns.map(pick), rowAt: (row: number) => at + (kept[row] ?? 0) };
}
