import { ArgumentError } from "./argument-error.ts";

export type Random = () => number;

/**
 * Creates a generator of numbers from 0 to below 1, reproducible by the seed: mulberry32 by T. Ettinger, with a period of 2^32,
 * sufficient to draw samples but not to keep secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws a normal value with mean 0 and deviation 1, by Box and Muller. */
export function normalFrom(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const maxShuffled = 1e8;

/**
 * Returns the integers below `count` in a random order, each order equally likely (Fisher and Yates).
 * @throws ArgumentError unless the count is a whole number up to 100 million
 */
export function shuffled(count: number, random: Random): number[] {
  if (!(Number.isInteger(count) && count >= 0 && count <= maxShuffled)) {
    throw new ArgumentError("A count must be a whole number up to 100 million.");
  }
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
