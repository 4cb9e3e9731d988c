import type { Course } from "../../../../develop/tracking/health/detected.ts";

/** A course with one point a second. NaN is a gap. */
export function course(key: string, values: readonly number[]): Course {
  return {
    key,
    points: values.map((value, step) => ({ step, timestamp: 1000 * step, value: Number.isNaN(value) ? null : value })),
  };
}

/** `count` values of a function of the step. */
export function steps(count: number, valueAt: (step: number) => number): number[] {
  return Array.from({ length: count }, (_, step) => valueAt(step));
}
