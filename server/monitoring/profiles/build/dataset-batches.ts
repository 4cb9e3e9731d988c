import type { Table } from "#server/datasets/rows/rows.ts";
import type { ReferenceBatch } from "./reference-batch.ts";
import type { TensorColumns } from "./tensor-columns.ts";

const batchRows = 1024;

interface Wish {
  tensors: readonly TensorColumns[];
  labelColumn: string | null;
  /** Only rows whose cell says this. */
  where: { column: string; value: string } | null;
}

/** Rows of a table as batches of a reference. @throws UnreadableFile with line and column, while rows are read */
export async function* datasetBatches(
  { columns, rows }: Table,
  { tensors, labelColumn, where }: Wish,
): AsyncGenerator<ReferenceBatch> {
  const labelPlace = labelColumn === null ? -1 : columns.indexOf(labelColumn);
  const wherePlace = where === null ? -1 : columns.indexOf(where.column);
  let batch = emptyBatch(tensors);
  for await (const { at, values } of rows) {
    if (where && (values[wherePlace]?.text ?? "") !== where.value) continue;
    const row = batch.given.rows;
    for (const [index, tensor] of tensors.entries()) {
      tensor.fill(values, at, batch.data[index] as unknown[], row * tensor.width);
    }
    batch.labels.push(values[labelPlace]?.text ?? null);
    batch.given.rows += 1;
    if (batch.given.rows === batchRows) {
      yield batch;
      batch = emptyBatch(tensors);
    }
  }
  if (batch.given.rows > 0) yield batch;
}

function emptyBatch(tensors: readonly TensorColumns[]) {
  const data = tensors.map((): (number | string | null)[] => []);
  const inputs = tensors.map(({ tensor, datatype }, index) => ({
    name: tensor,
    datatype,
    data: data[index] as (number | string | null)[],
  }));
  return { given: { rows: 0, inputs }, labels: [] as (string | null)[], data };
}
