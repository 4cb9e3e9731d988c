import type { Tensor } from "../tensor/tensor.ts";
import { floatsOf, highest, maxClasses } from "./check-outputs.ts";
import type { ServedRollout } from "./served-rollout.ts";

/** Maximum number of elements of an output that are stored for comparison. */
const maxStored = 4096;
/** Maximum difference caused by another provider or kernel with the same numbers: a larger one is a different prediction. */
const tolerance = { absolute: 1e-5, relative: 1e-3 };
type Rules = Pick<ServedRollout, "outputBins" | "binnedOutput">;

/** Copies outputs, since writing a response takes their buffers; of large ones only the beginning. */
export function copyOutputs(outputs: readonly Tensor[]): Tensor[] {
  return outputs.map((output) => ({ ...output, data: output.data.slice(0, maxStored) as Tensor["data"] }));
}

/**
 * Whether two versions returned different predictions for the same input: in a class of a row if they return classes, or in a number by
 * more than another way of computing it causes. Outputs that only one of them has are not compared.
 */
export function outputsDiffer(one: readonly Tensor[], other: readonly Tensor[], rules: Rules): boolean {
  return one.some((output) => {
    if (rules.binnedOutput !== null && output.name !== rules.binnedOutput) return false;
    const twin = other.find(({ name }) => name === output.name);
    return twin !== undefined && outputDiffers(output, twin, rules.outputBins === null);
  });
}

function outputDiffers(one: Tensor, other: Tensor, areClasses: boolean): boolean {
  if (one.shape.join() !== other.shape.join()) return true;
  const [a, b] = [floatsOf(one), floatsOf(other)];
  if (!a || !b) return one.data.length !== other.data.length || one.data.some((value, at) => value !== other.data[at]);
  const width = rowWidth(one.shape);
  if (!areClasses || width < 2 || width > maxClasses)
    return a.some((value, at) => exceedsTolerance(value, b[at] as number));
  for (let start = 0; start + width <= a.length; start += width) {
    if (highest(a, start, width) !== highest(b, start, width)) return true;
  }
  return false;
}

function exceedsTolerance(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return false;
  const apart = Math.abs(a - b);
  return !(apart <= tolerance.absolute + tolerance.relative * Math.max(Math.abs(a), Math.abs(b)));
}

/** Returns the numbers per row, where the first dimension is rows; a stored output may be shorter than its shape. */
function rowWidth(shape: readonly number[]): number {
  return shape.slice(Math.min(1, shape.length - 1)).reduce((product, size) => product * size, 1);
}
