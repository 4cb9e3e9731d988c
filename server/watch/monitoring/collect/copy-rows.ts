import type { GivenTensor } from "../features/contract.ts";
import { elementOf } from "../features/feature-reader.ts";
import { asLevel, asNumber } from "../features/read-features.ts";
import { levelIndexOf } from "../state/level-indices.ts";
import type { PlannedTensor } from "./row-plan.ts";

/** Destination of rows: the first element of the first row, and the distance to the next row. */
interface Target {
  values: Float64Array;
  first: number;
  step: number;
}

/**
 * Copies the rows of a tensor as numbers: values as the model reads them, and levels by their indices.
 * @param data flat, or nested row by row. @returns false when something is missing, is not a number, or is a level unseen in the
 * reference: then none of the copy is valid
 */
export function copyRows(
  tensor: PlannedTensor,
  { datatype, data }: Pick<GivenTensor, "datatype" | "data">,
  rows: number,
  target: Target,
): boolean {
  const { width, cells, isSingle } = tensor;
  if (Array.isArray(data) && Array.isArray(data[0])) return copyNested(tensor, data, rows, target);
  if (data.length < rows * width) return false;
  // Bits of FP16 are no numbers yet.
  if (data instanceof Uint16Array && datatype === "FP16") return false;
  if (cells) return copyCells(tensor, data, rows, target);
  if (Array.isArray(data)) return copyNumbers(data, width, rows, isSingle, target);
  if (data instanceof Float32Array) return copyFloats(data, width, rows, target);
  return copyOthers(data, width, rows, isSingle, target);
}

/** Copies elements of JSON. */
function copyNumbers(
  data: readonly unknown[],
  width: number,
  rows: number,
  isSingle: boolean,
  { values, first, step }: Target,
): boolean {
  for (let row = 0, from = 0; row < rows; row++) {
    const start = first + row * step;
    for (let to = start; to < start + width; to++, from++) {
      const value = data[from];
      if (typeof value !== "number") return false;
      values[to] = isSingle ? Math.fround(value) : value;
    }
  }
  return true;
}

/** Separate copy of the same loop that handles only one type of array, and is several times as fast for it. */
function copyFloats(data: Float32Array, width: number, rows: number, { values, first, step }: Target): boolean {
  for (let row = 0, from = 0; row < rows; row++) {
    const start = first + row * step;
    for (let to = start; to < start + width; to++, from++) values[to] = data[from] as number;
  }
  return true;
}

/** Copies integers and double precision. */
function copyOthers(
  data: ArrayLike<unknown>,
  width: number,
  rows: number,
  isSingle: boolean,
  { values, first, step }: Target,
): boolean {
  for (let row = 0, from = 0; row < rows; row++) {
    const start = first + row * step;
    for (let to = start; to < start + width; to++, from++) {
      const value = data[from];
      if (typeof value !== "number") return false;
      values[to] = isSingle ? Math.fround(value) : value;
    }
  }
  return true;
}

function copyNested(tensor: PlannedTensor, data: readonly unknown[], rows: number, target: Target): boolean {
  const { width, cells, isSingle } = tensor;
  const { values, first, step } = target;
  if (data.length !== rows) return false;
  for (let row = 0; row < rows; row++) {
    const own = data[row];
    if (!Array.isArray(own) || own.length !== width) return false;
    const view = { values, first: first + row * step, step };
    if (cells ? !copyCells(tensor, own, 1, view) : !copyNumbers(own, width, 1, isSingle, view)) return false;
  }
  return true;
}

function copyCells(tensor: PlannedTensor, data: ArrayLike<unknown>, rows: number, { values, first, step }: Target) {
  const { width, cells = [] } = tensor;
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < width; index++) {
      const cell = cells[index];
      if (!cell) continue;
      const value = elementOf(cell.element, data[row * width + index]);
      const level = cell.places && asLevel(value);
      const known = cell.places ? (typeof level === "string" ? levelIndexOf(cell.places, level) : -1) : asNumber(value);
      if (typeof known !== "number" || (cell.places && known < 0)) return false;
      values[first + row * step + index] = known;
    }
  }
  return true;
}
