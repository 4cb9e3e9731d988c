import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { shown } from "#server/develop/datasets/rows/shown.ts";
import type { Value } from "#server/develop/datasets/rows/value.ts";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";

/** A cell of a table as an element of an input; NaN for a missing number, null for a missing word. `at` tells the line. */
export type ElementOf = (value: Value, at: () => number, column: string) => number | string | null;

/**
 * How cells become elements of inputs of a type, as clients send them: a number is rounded to the precision in which the model gets it, since
 * 0.1 in a file is another number than 0.1 in single precision, and would be in another bin.
 * @throws UnreadableFile for a cell that cannot be one
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

/** To the precision of a type of floats; undefined for other types. */
export function roundingOf(datatype: Datatype): ((value: number) => number) | undefined {
  return roundings[datatype];
}

const roundings: Partial<Record<Datatype, (value: number) => number>> = {
  FP64: (value) => value,
  FP32: Math.fround,
  FP16: (value) => Math.f16round(value),
};

/** 1 or 0, as tensors have it. */
function truthOf(value: Value, at: () => number, column: string): number {
  if (value === null) return Number.NaN;
  if (value.kind === "boolean" || value.number === 0 || value.number === 1) return value.number;
  throw unfit(value, at(), column, "neither true nor false");
}

function unfit(value: NonNullable<Value>, at: number, column: string, what: string): UnreadableFile {
  const words = `Line ${at}: "${shown(value.text).slice(0, 60)}" in column "${column}" is ${what}.`;
  return new UnreadableFile(words, { line: at, column });
}
