import type { RawColumn } from "#server/develop/datasets/rows/columns.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { listOfText } from "#server/develop/datasets/rows/value.ts";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { roundingOf } from "./element-of.ts";
import type { TensorColumns } from "./tensor-columns.ts";

/** Fills a tensor of numbers from one column that holds a list in each row. */
export function fillFromList(position: number, name: string, width: number, datatype: Datatype): TensorColumns["fill"] {
  const round = roundingOf(datatype) ?? Number;
  return (columns, { from, to, at }) => {
    const { cells, value } = columns[position] as RawColumn;
    const data = new Float64Array((to - from) * width).fill(Number.NaN);
    for (let row = from; row < to; row += 1) {
      const cell = value(cells[row]);
      if (cell === null) continue;
      const list = listOfText(cell.text);
      if (list?.length !== width) {
        const words = `Line ${at(row)}: column "${name}" does not contain a list of ${width} numbers.`;
        throw new UnreadableFile(words, { line: at(row), column: name });
      }
      for (let index = 0; index < width; index += 1) {
        data[(row - from) * width + index] = round(Number(list[index] ?? Number.NaN));
      }
    }
    return data;
  };
}
