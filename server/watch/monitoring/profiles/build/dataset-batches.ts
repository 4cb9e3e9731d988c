import type { ColumnBatch, ColumnTable, RawColumn } from "#server/develop/datasets/rows/columns.ts";
import type { ReferenceBatch } from "./reference-batch.ts";
import type { Span, TensorColumns } from "./tensor-columns.ts";

const batchRows = 4096;

interface Input {
  tensors: readonly TensorColumns[];
  labelColumn: string | null;
  /** Filter: only rows whose cell has this value. */
  where: { column: string; value: string } | null;
}

/** Yields the rows of a column table as batches of a reference. @throws UnreadableFile with line and column, while rows are read */
export async function* columnBatches(
  { columns, batches }: ColumnTable,
  { tensors, labelColumn, where }: Input,
): AsyncGenerator<ReferenceBatch> {
  for await (const batch of batches) {
    const chosen = where
      ? rowsWhere(batch, columns.indexOf(where.column), where.value)
      : { ...batch, rowAt: undefined };
    for (let from = 0; from < chosen.rows; from += batchRows) {
      const to = Math.min(chosen.rows, from + batchRows);
      const span = { from, to, at: (row: number) => lineOf(batch, chosen.rowAt?.(row) ?? row) };
      yield toBatch(chosen.columns, span, tensors, columns.indexOf(labelColumn ?? ""));
    }
  }
}

function toBatch(
  columns: readonly RawColumn[],
  span: Span,
  tensors: readonly TensorColumns[],
  labelIndex: number,
): ReferenceBatch {
  const label = columns[labelIndex];
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

/** Returns the row number or line of a row in a batch. */
function lineOf({ at, lines }: ColumnBatch, row: number): number {
  return lines?.[row] ?? at + row;
}

/** Selects the rows of a batch whose cell has the value, with the index of each in the batch. */
function rowsWhere({ rows, columns }: ColumnBatch, index: number, value: string) {
  const column = columns[index];
  const kept: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    if (column && (column.value(column.cells[row])?.text ?? "") === value) kept.push(row);
  }
  const pick = ({ cells, value }: RawColumn): RawColumn => ({ cells: kept.map((row) => cells[row]), value });
  return { rows: kept.length, columns: columns.map(pick), rowAt: (row: number) => kept[row] ?? 0 };
}
