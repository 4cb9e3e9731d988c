import type { LoggedTensor } from "#server/serve/protocol/contract.ts";

type Element = NonNullable<LoggedTensor["data"]>[number];

/** Rows of a request with one column per name. */
export interface TensorTable {
  columns: string[];
  rows: (Element | undefined)[][];
  /** Total number of rows; `rows` may contain fewer. */
  total: number;
}

/** Layout of a logged request: tensors shown as columns of one table, and tensors shown separately. */
export interface TensorLayout {
  table: TensorTable | undefined;
  others: LoggedTensor[];
}

const maxRows = 50;
const maxColumns = 40;

/**
 * Tensors with one element per row become the columns of one table, and so does a matrix with few columns when it is the only
 * one. @param names of the columns of a matrix, where they are known
 */
export function layoutTensors(tensors: readonly LoggedTensor[], names?: readonly string[]): TensorLayout {
  const columns = tensors.filter(isColumn);
  const [first] = columns;
  if (first) {
    const total = rowsOf(first);
    const alike = columns.filter((column) => rowsOf(column) === total);
    const rows = Array.from({ length: Math.min(total, maxRows) }, (_, row) => alike.map(({ data }) => data?.[row]));
    const table = { columns: alike.map(({ name }) => name), rows, total };
    return { table, others: tensors.filter((tensor) => !alike.includes(tensor)) };
  }
  const matrices = tensors.filter(isNarrow);
  const [only] = matrices;
  if (!only || matrices.length > 1) return { table: undefined, others: [...tensors] };
  const [total = 0, width = 0] = only.shape;
  const rows = Array.from({ length: Math.min(total, maxRows) }, (_, row) =>
    (only.data ?? []).slice(row * width, (row + 1) * width),
  );
  const heads = names?.length === width ? [...names] : Array.from({ length: width }, (_, at) => `${only.name}[${at}]`);
  return { table: { columns: heads, rows, total }, others: tensors.filter((tensor) => tensor !== only) };
}

function isColumn({ shape, data, encoding }: LoggedTensor): boolean {
  return data !== undefined && !encoding && (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
}

function isNarrow({ shape, data, encoding }: LoggedTensor): boolean {
  return data !== undefined && !encoding && shape.length === 2 && (shape[1] ?? 0) <= maxColumns;
}

function rowsOf({ shape }: LoggedTensor): number {
  return shape[0] ?? 0;
}
