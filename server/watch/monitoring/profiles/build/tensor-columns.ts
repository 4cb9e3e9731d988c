import type { RawColumn } from "#server/develop/datasets/rows/columns.ts";
import type { Datatype, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { type ElementOf, elementOf, roundingOf } from "./element-of.ts";
import { fillFromList } from "./fill-from-list.ts";

/** Rows of a table, or of a part of it. */
export interface Span {
  from: number;
  to: number;
  /** Number or line of the row at `from`; undefined when each row has its own. */
  at(row: number): number;
}

/** Tensor to be filled: row-major, NaN for a missing number, null for a missing string. */
type TensorData = Float64Array | (string | null)[];

/** Mapping from columns of a table to one tensor. */
export interface TensorColumns {
  tensor: string;
  datatype: Datatype;
  /** Elements of a row. */
  width: number;
  /** Data of the rows of a span. @throws UnreadableFile for a cell that does not fit */
  fill(columns: readonly RawColumn[], span: Span): TensorData;
}

/** Mapping from columns of a table to inputs, and the features without a column. */
export interface ColumnPlan {
  tensors: TensorColumns[];
  missing: string[];
}

/**
 * Finds the columns of features in a table: by name, by the column configured for them, or the complete tensor as one column of lists.
 * Images are not columns, which means that their features count as missing.
 */
export function planColumns(
  specs: readonly FeatureSpec[],
  inputs: readonly TensorSpec[],
  columns: readonly string[],
  named: Record<string, string>,
): ColumnPlan {
  const tensors: TensorColumns[] = [];
  const missing: string[] = [];
  const byTensor = Map.groupBy(
    specs.filter(({ role }) => role === "input"),
    ({ source }) => source.tensor,
  );
  const indexOf = (name: string) => columns.indexOf(named[name] ?? name);
  for (const [tensor, features] of byTensor) {
    const datatype = inputs.find(({ name }) => name === tensor)?.datatype ?? "FP32";
    const tensorIndex = indexOf(tensor);
    const [first] = features;
    const width = first && "width" in first.source ? first.source.width : 1;
    const indices = features.map(({ name }) => indexOf(name));
    const isElements = features.every(({ source }) => source.from === "element");
    if (isElements && indices.every((index) => index >= 0)) {
      tensors.push({ tensor, datatype, width, fill: fromColumns(indices, columns, datatype) });
    } else if (tensorIndex >= 0 && first?.source.from === "text") {
      tensors.push({ tensor, datatype, width: 1, fill: fromColumns([tensorIndex], columns, datatype) });
    } else if (tensorIndex >= 0 && width > 1) {
      tensors.push({
        tensor,
        datatype,
        width,
        fill: fillFromList(tensorIndex, columns[tensorIndex] as string, width, datatype),
      });
    } else {
      const absent = features.filter((_, index) => !isElements || (indices[index] as number) < 0);
      missing.push(...(isElements ? absent.map(({ name }) => name) : [tensor]));
    }
  }
  return { tensors, missing };
}

function fromColumns(indices: number[], names: readonly string[], datatype: Datatype): TensorColumns["fill"] {
  const element = elementOf(datatype);
  const isWord = datatype === "BYTES";
  const round = roundingOf(datatype);
  const width = indices.length;
  return (columns, span) => {
    const rows = span.to - span.from;
    const data: TensorData = isWord ? new Array<string | null>(rows * width) : new Float64Array(rows * width);
    for (const [index, position] of indices.entries()) {
      const column = columns[position] as RawColumn;
      const filled =
        data instanceof Float64Array && round && fillNumbers(data, column.cells, { span, index, width, round });
      if (!filled) fillOneByOne(data, column, element, { span, index, width, name: names[position] as string });
    }
    return data;
  };
}

interface ColumnPosition {
  span: Span;
  index: number;
  width: number;
}

/** Fills in numbers that are already in a typed array. @returns false for anything else, in which case nothing was written */
function fillNumbers(
  data: Float64Array,
  cells: ArrayLike<unknown>,
  { span, index, width, round }: ColumnPosition & { round: (value: number) => number },
): boolean {
  if (!(cells instanceof Float64Array || cells instanceof Float32Array)) return false;
  for (let row = span.from, at = index; row < span.to; row += 1, at += width) data[at] = round(cells[row] as number);
  return true;
}

function fillOneByOne(
  data: TensorData,
  { cells, value }: RawColumn,
  element: ElementOf,
  { span, index, width, name }: ColumnPosition & { name: string },
): void {
  for (let row = span.from, at = index; row < span.to; row += 1, at += width) {
    const cell = cells[row];
    // Fast path: most cells need no converted value.
    const isPlain = typeof cell === "string" && Array.isArray(data);
    data[at] = isPlain ? cell : (element(value(cell), () => span.at(row), name) as never);
  }
}
