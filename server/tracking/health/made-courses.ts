import type { Course } from "./detected.ts";

/** The same numbers from 0 to 1 for the same seed. mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A normal value, by Box and Muller. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

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
