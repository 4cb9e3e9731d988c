/** Numbers of eight bytes in a line of the processor's cache. */
const perLine = 8;
/** Stores what was read; otherwise the compiler would eliminate the read. */
const read = new Float64Array(1);

/**
 * Reads a number of each cache line in order, before a loop that jumps about in them: what is read in order is fetched from memory ahead, and what is read in no order is waited for, line by
 * line. Fifty numbers are counted in 0.37 µs after it and in 0.69 without, where the requests between two batches have pushed all out of the cache (1,024 rows, 512 bins).
 * @param end behind the last
 */
export function readAhead(values: Float64Array, end = values.length): void {
  let sum = 0;
  for (let at = 0; at < end; at += perLine) sum += values[at] as number;
  read[0] = sum;
}

/** Works like readAhead for two-byte numbers. */
export function readShortsAhead(values: Uint16Array): void {
  let sum = 0;
  for (let at = 0; at < values.length; at += 4 * perLine) sum += values[at] as number;
  read[0] = sum;
}
