import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { refuse } from "../protocol/refuse.ts";
import { type NumericData, tensorTypes } from "../tensor/tensor.ts";

/** Integers of 64 bits stay as they are: beyond 2^53, floats do not hold all of them. */
export type Column = Float64Array | BigInt64Array | string[];

/** Ranges of integer types that floats hold exactly. */
const shortRanges: Partial<Record<Datatype, [min: number, max: number]>> = {
  UINT8: [0, 2 ** 8 - 1],
  UINT16: [0, 2 ** 16 - 1],
  UINT32: [0, 2 ** 32 - 1],
  INT8: [-(2 ** 7), 2 ** 7 - 1],
  INT16: [-(2 ** 15), 2 ** 15 - 1],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
};
const longRanges: Partial<Record<Datatype, [min: bigint, max: bigint]>> = {
  UINT64: [0n, 2n ** 64n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/**
 * Writes columns side by side as the elements of a numeric type. For integers, fractions are rounded to the nearest one.
 * @throws DomainError "invalid" that names the column and the row of a value which the type cannot hold
 */
export function writeColumns(columns: readonly [string, Column][], datatype: Datatype, rows: number): NumericData {
  const width = columns.length;
  const data = tensorTypes[datatype].allocate(rows * width) as NumericData;
  const target = (datatype === "FP16" ? new Float16Array(data.buffer) : data) as { [index: number]: number | bigint };
  const convert = converterTo(datatype);
  for (const [index, [name, column]] of columns.entries()) {
    for (let row = 0; row < rows; row++) {
      const value = column[row] as number | bigint;
      const converted = convert(value);
      if (converted === undefined) {
        refuse(`column '${name}', row ${row}: expected an integer in the range of ${datatype}, got ${value}`);
      }
      target[row * width + index] = converted;
    }
  }
  return data;
}

/** Returns the conversion of a number to an element of the type; it returns undefined for a number that the type cannot hold. */
function converterTo(datatype: Datatype): (value: number | bigint) => number | bigint | undefined {
  const short = shortRanges[datatype];
  if (short) {
    return (value) => {
      const whole = Math.round(Number(value));
      // NaN is neither below nor above.
      return whole >= short[0] && whole <= short[1] ? whole : undefined;
    };
  }
  const long = longRanges[datatype];
  if (!long) return Number;
  return (value) => {
    if (typeof value === "number" && !Number.isFinite(value)) return undefined;
    const whole = typeof value === "bigint" ? value : BigInt(Math.round(value));
    return whole >= long[0] && whole <= long[1] ? whole : undefined;
  };
}
