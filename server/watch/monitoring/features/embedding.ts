import { projectionCount } from "./contract.ts";

/**
 * Returns which projection each element belongs to, and with which sign: 16 fixed unit vectors without a common element, with signs and
 * positions derived from the element's index alone, so that reference and traffic always share them. Such sparse projections preserve
 * lengths as dense ones do (Charikar's count sketch), a shift of a few elements stands out more in the projection that contains them, and
 * all of them cost one pass over a row.
 */
export function projectionsOf(width: number): Int8Array {
  const known = tables.get(width);
  if (known) return known;
  const table = new Int8Array(width);
  for (let at = 0; at < width; at++) {
    const hash = mixed(at);
    // Cycles of 16 assign the same number of elements to every projection, give or take one.
    const index = (at + (mixed(Math.floor(at / projectionCount) + 0x9e37) % projectionCount)) % projectionCount;
    table[at] = (hash & 1 ? 1 : -1) * (index + 1);
  }
  tables.set(width, table);
  return table;
}

const tables = new Map<number, Int8Array>();

/** Computes a hash of 32 bits (Murmur's finaliser). */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export interface EmbeddingSummary {
  /** Euclidean. */
  norm: number;
  /** To the reference's mean; NaN without one, and for a row or mean of zeros. */
  cosine: number;
  /** Each over a unit vector. */
  projections: Float64Array;
}

/** Summarises one row of an embedding in 18 numbers (docs/spec/drift.md section 9). @param mean of the reference, of the same width */
export function summariseEmbedding(
  data: ArrayLike<unknown>,
  start: number,
  width: number,
  mean?: ArrayLike<number>,
): EmbeddingSummary {
  const table = projectionsOf(width);
  const projections = new Float64Array(projectionCount);
  const lengths = new Float64Array(projectionCount);
  let [squares, dot, meanSquares] = [0, 0, 0];
  for (let at = 0; at < width; at++) {
    const value = Number(data[start + at]);
    const entry = table[at] as number;
    const index = (entry < 0 ? -entry : entry) - 1;
    projections[index] = (projections[index] as number) + (entry < 0 ? -value : value);
    lengths[index] = (lengths[index] as number) + 1;
    squares += value * value;
    if (!mean) continue;
    const other = mean[at] as number;
    dot += value * other;
    meanSquares += other * other;
  }
  for (let at = 0; at < projectionCount; at++) {
    projections[at] = (projections[at] as number) / Math.sqrt(Math.max(1, lengths[at] as number));
  }
  const norm = Math.sqrt(squares);
  const cosine = mean ? dot / (norm * Math.sqrt(meanSquares)) : Number.NaN;
  return { norm, cosine, projections };
}
