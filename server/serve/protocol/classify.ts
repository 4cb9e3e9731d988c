import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import type { NumericData, Tensor } from "../tensor/tensor.ts";
import { refuse } from "./refuse.ts";

const maxClasses = 1_000_000;
/** Limit up to which the best values are kept in order during the scan; beyond it, sorting all is faster. */
const maxOrdered = 100;

/** Whether an output of this datatype can be classified. */
export function isClassifiable(datatype: Datatype): boolean {
  return datatype !== "BOOL" && datatype !== "FP16" && datatype !== "BYTES";
}

/**
 * Applies the classification extension (docs/spec/open-inference-protocol.md section 13.1): the `count` highest values of each row as
 * texts "value:index" or "value:index:label", highest first, of equal values the one with the lower index first.
 * @param output an output of a classifiable datatype
 * @param isBatched whether its first dimension counts rows; otherwise it is one row
 * @throws DomainError "invalid" for a row of more than a million values
 */
export function classify(output: Tensor, count: number, isBatched: boolean, labels: readonly string[] = []): Tensor {
  const { name, shape } = output;
  const data = output.data as NumericData;
  const rows = isBatched ? (shape[0] ?? 1) : 1;
  const classes = rows === 0 ? 0 : data.length / rows;
  if (classes > maxClasses) refuse(`output '${name}': ${classes} values per row are too many to classify`);
  const most = Math.min(count, classes);
  const texts = Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * classes, (row + 1) * classes);
    return highest(values, most).map((index) => {
      const label = labels[index];
      const parts = [valueText(values[index] as number | bigint, output.datatype), index];
      return (label === undefined ? parts : [...parts, label]).join(":");
    });
  });
  return { name, datatype: "BYTES", shape: isBatched ? [rows, most] : [most], data: texts.flat() };
}

/** Returns the indices of the highest values, in order. */
function highest(values: NumericData, most: number): number[] {
  const isBefore = (a: number, b: number) => {
    const [first, second] = [values[a] as number, values[b] as number];
    // NaN comes last.
    if (Number.isNaN(first) || Number.isNaN(second)) return Number.isNaN(second) && (!Number.isNaN(first) || a < b);
    return first === second ? a < b : first > second;
  };
  if (most > maxOrdered) {
    const indices = Uint32Array.from({ length: values.length }, (_, index) => index);
    return [...indices.sort((a, b) => (isBefore(a, b) ? -1 : 1)).subarray(0, most)];
  }
  const best: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    if (best.length === most && !isBefore(index, best.at(-1) as number)) continue;
    const position = best.findIndex((known) => isBefore(index, known));
    best.splice(position < 0 ? best.length : position, 0, index);
    if (best.length > most) best.pop();
  }
  return best;
}

/** Formats integers as they are, and floats as C++ does: six decimals. */
function valueText(value: number | bigint, datatype: Datatype): string {
  if (typeof value === "bigint" || !datatype.startsWith("FP")) return String(value);
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "inf").toLowerCase();
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}
