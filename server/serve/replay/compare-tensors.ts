import { floatsOf, highest, maxClasses } from "../rollout/check-outputs.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { numericView } from "../tensor/tensor-numbers.ts";

/** Differences between two predictions for the same request. */
export interface OutputDifference {
  /** Reason why a client of one prediction cannot read the other; undefined when it can. */
  problem: string | undefined;
  /** Another class of a row, or another text or truth value. */
  isFlip: boolean;
  /** Whether a number exceeds the tolerance, in an output without classes. */
  exceedsTolerance: boolean;
  /** Largest distance between two finite numbers at the same position. */
  maxDifference: number;
  /** Whether NaN or infinity replaced a number of the earlier output. */
  isInvalid: boolean;
}

/** Maximum difference between two ways of computing zero. */
const nearZero = 1e-6;

/**
 * Compares a prediction with the earlier one, in the outputs of that one. Rows of 2 to 1,000 floating-point numbers are classes, of
 * which the highest counts.
 * @param tolerance permitted distance, as a share of the larger of the two numbers
 */
export function compareTensors(before: readonly Tensor[], now: readonly Tensor[], tolerance: number): OutputDifference {
  const noDifference: OutputDifference = {
    problem: undefined,
    isFlip: false,
    exceedsTolerance: false,
    maxDifference: 0,
    isInvalid: false,
  };
  for (const output of before) {
    const twin = now.find(({ name }) => name === output.name);
    noDifference.problem ??= misfit(output, twin);
    if (!twin || misfit(output, twin)) continue;
    const found = compare(output, twin, tolerance);
    noDifference.isFlip ||= found.isFlip;
    noDifference.exceedsTolerance ||= found.exceedsTolerance;
    noDifference.isInvalid ||= found.isInvalid;
    noDifference.maxDifference = Math.max(noDifference.maxDifference, found.maxDifference);
  }
  return noDifference;
}

function misfit(output: Tensor, twin: Tensor | undefined): string | undefined {
  const name = `the output '${output.name}'`;
  if (!twin) return `${name} is missing`;
  if (twin.datatype !== output.datatype) return `${name} is ${twin.datatype} instead of ${output.datatype}`;
  if (twin.shape.length === output.shape.length) return undefined;
  return `${name} has ${twin.shape.length} dimensions instead of ${output.shape.length}`;
}

type Found = Omit<OutputDifference, "problem">;

function compare(output: Tensor, twin: Tensor, tolerance: number): Found {
  const isOtherShape = twin.shape.join() !== output.shape.join();
  if (Array.isArray(output.data) || Array.isArray(twin.data) || output.datatype === "BOOL") {
    const isFlip = isOtherShape || output.data.some((value, at) => value !== twin.data[at]);
    return { isFlip, exceedsTolerance: false, maxDifference: 0, isInvalid: false };
  }
  const [then, now] = [numericView(output.datatype, output.data), numericView(twin.datatype, twin.data)];
  if (isOtherShape) {
    const isInvalid = hasNonFinite(now) && !hasNonFinite(then);
    return { isFlip: false, exceedsTolerance: true, maxDifference: 0, isInvalid };
  }
  let [maxDifference, exceedsTolerance, isInvalid] = [0, false, false];
  for (let at = 0; at < now.length; at += 1) {
    const [a, b] = [Number(then[at]), Number(now[at])];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (Number.isFinite(a) && Number.isFinite(b)) {
      const apart = Math.min(Math.abs(a - b), Number.MAX_VALUE);
      maxDifference = Math.max(maxDifference, apart);
      exceedsTolerance ||= apart > nearZero + tolerance * Math.max(Math.abs(a), Math.abs(b));
    } else {
      exceedsTolerance = true;
      isInvalid ||= !Number.isFinite(b) && Number.isFinite(a);
    }
  }
  const flip = classesDiffer(output, twin);
  return { isFlip: flip ?? false, exceedsTolerance: flip === undefined && exceedsTolerance, maxDifference, isInvalid };
}

/** Whether the index of a row's highest number differs; undefined if the output has no classes. */
function classesDiffer(output: Tensor, twin: Tensor): boolean | undefined {
  const [then, now, width] = [floatsOf(output), floatsOf(twin), output.shape.at(-1) ?? 1];
  if (!then || !now || output.shape.length > 2 || width < 2 || width > maxClasses) return undefined;
  for (let start = 0; start + width <= then.length; start += width) {
    if (highest(then, start, width) !== highest(now, start, width)) return true;
  }
  return false;
}

function hasNonFinite(values: ArrayLike<number | bigint>): boolean {
  for (let at = 0; at < values.length; at += 1) if (!Number.isFinite(Number(values[at]))) return true;
  return false;
}
