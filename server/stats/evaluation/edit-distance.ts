/**
 * Computes the smallest number of insertions, deletions and substitutions that turn one sequence into another, with bit-parallel columns of 32
 * rows: Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming", JACM 46, 1999, in the block form of
 * Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003.
 */
export function editDistance(from: readonly (string | number)[], to: readonly (string | number)[]): number {
  const steps = editSteps(from, to, to.length);
  return lastOf(steps);
}

/** Returns what a computation in steps returns at its end. */
export function lastOf<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Computes an edit distance in steps, so that other work can run between them. @param tokens of `to` in each step */
export function* editSteps(
  from: readonly (string | number)[],
  to: readonly (string | number)[],
  tokens: number,
): Generator<void, number> {
  if (from.length === 0) return to.length;
  const blocks = Math.ceil(from.length / 32);
  const places = new Map<string | number, Int32Array>();
  from.forEach((token, at) => {
    const bits = places.get(token) ?? new Int32Array(blocks);
    bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
    places.set(token, bits);
  });
  const none = new Int32Array(blocks);
  const rising = new Int32Array(blocks).fill(-1);
  const falling = new Int32Array(blocks);
  const lastBit = 1 << ((from.length - 1) & 31);
  // The column of the next tokens, and by how much the last row has changed.
  const advance = (start: number, end: number) => {
    let change = 0;
    for (let at = start; at < end; at += 1) change += column(places.get(to[at] as string | number) ?? none);
    return change;
  };
  const column = (equals: Int32Array) => {
    // The first row of the table counts insertions.
    let carry = 1;
    for (let block = 0; block < blocks; block += 1) {
      let equal = equals[block] as number;
      const [up, down] = [rising[block] as number, falling[block] as number];
      const vertical = equal | down;
      if (carry < 0) equal |= 1;
      const diagonal = ((((equal & up) + up) | 0) ^ up) | equal;
      let right = down | ~(diagonal | up);
      let left = up & diagonal;
      const top = block === blocks - 1 ? lastBit : 1 << 31;
      const next = (right & top) !== 0 ? 1 : (left & top) !== 0 ? -1 : 0;
      right <<= 1;
      left <<= 1;
      if (carry < 0) left |= 1;
      else if (carry > 0) right |= 1;
      rising[block] = left | ~(vertical | right);
      falling[block] = right & vertical;
      carry = next;
    }
    return carry;
  };
  let distance = from.length;
  for (let at = 0; at < to.length; at += tokens) {
    if (at > 0) yield;
    distance += advance(at, Math.min(to.length, at + tokens));
  }
  return distance;
}
