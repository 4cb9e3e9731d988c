import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { shown } from "#server/develop/datasets/rows/shown.ts";
import type { Value } from "#server/develop/datasets/rows/value.ts";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";

/** Converts a table cell to an input element; NaN for a missing number, null for a missing string. `at` returns the line. */
export type ElementOf = (value: Value, at: () => number, column: string) => number | string | null;

/**
 * Returns the conversion of cells to input elements of a type, as clients send them: numbers are rounded to the precision in which the
 * model receives them, since 0.1 in a file differs from 0.1 in single precision, and would be in another bin.
 * @throws UnreadableFile for a cell that cannot be converted
 */
export function elementOf(datatype: Datatype): ElementOf {
  if (datatype === "BYTES") return (value) => value?.text ?? null;
  if (datatype === "BOOL") return truthOf;
  const round = roundingOf(datatype);
  return (value, at, column) => {
    if (value === null) return Number.NaN;
    if (value.kind === "text" || value.kind === "time") throw unfit(value, at(), column, "not a number");
    if (!round && !Number.isInteger(value.number)) throw unfit(value, at(), column, "not an integer");
    return round ? round(value.number) : value.number;
  };
}

/** Returns the rounding to the precision of a float type; undefined for other types. */
export function roundingOf(datatype: Datatype): ((value: number) => number) | undefined {
  return roundings[datatype];
}

const roundings: Partial<Record<Datatype, (value: number) => number>> = {
  FP64: (value) => value,
  FP32: Math.fround,
  FP16: (value) => Math.f16round(value),
};

/** Converts a boolean to 1 or 0, as tensors store it. */
function truthOf(value: Value, at: () => number, column: string): number {
  if (value === null) return Number.NaN;
  if (value.kind === "boolean" || value.number === 0 || value.number === 1) return value.number;
  throw unfit(value, at(), column, "neither true nor false");
}

function unfit(value: NonNullable<Value>, at: number, column: string, what: string): UnreadableFile {
  const words = `Line ${at}: "${shown(value.text).slice(0, 60)}" in column "${column}" is ${what}.`;
  return new UnreadableFile(words, { line: at, column });
}
