/**
 * Computes the smallest number of insertions, deletions and substitutions that turn one sequence into another, with bit-parallel columns of 32
 * rows: Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming", JACM 46, 1999, in the block form of
 * Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003.
 */
export function editDistance(from: readonly (string | number)[], to: readonly (string | number)[]): number {
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
  let distance = from.length;
  for (const token of to) {
    const equals = places.get(token) ?? none;
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
    distance += carry;
  }
  return distance;
}
