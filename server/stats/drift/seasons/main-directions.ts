/** Rounds of the power iteration: directions only have to be close to those of the largest variance. */
const rounds = 12;
/** Vectors further out than so many medians are pulled in, so that a few bad windows do not determine a direction. */
const maxMedians = 3;

/**
 * Finds orthogonal directions in which vectors vary most, largest first, by power iteration with deflation; vectors far out are
 * shortened first, as in spherical principal components (Locantore et al. 1999).
 * @returns unit vectors; fewer than `wanted` where nothing varies
 */
export function mainDirections(vectors: readonly Float64Array[], wanted: number): Float64Array[] {
  const cells = vectors[0]?.length ?? 0;
  const squares = vectors.map(squareOf);
  const reach = maxMedians * middleOf(squares);
  const weights = squares.map((square) => (square > reach && square > 0 ? reach / square : 1));
  const found: Float64Array[] = [];
  for (let index = 0; index < wanted; index += 1) {
    const direction = largest(vectors, weights, found, cells);
    if (!direction) break;
    found.push(direction);
  }
  return found;
}

function largest(
  vectors: readonly Float64Array[],
  weights: readonly number[],
  found: readonly Float64Array[],
  cells: number,
): Float64Array | undefined {
  // Any start will do that is not orthogonal to the direction, and the same each time.
  let direction = Float64Array.from({ length: cells }, (_, cell) => 1 + Math.sin(1 + 2 * cell + found.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const known of found) addTo(direction, known, -dot(direction, known));
    const length = Math.sqrt(squareOf(direction));
    if (!(length > 1e-12)) return undefined;
    const unit = direction.map((value) => value / length);
    direction = new Float64Array(cells);
    for (const [index, vector] of vectors.entries()) {
      addTo(direction, vector, (weights[index] as number) * dot(vector, unit));
    }
  }
  for (const known of found) addTo(direction, known, -dot(direction, known));
  const length = Math.sqrt(squareOf(direction));
  return length > 1e-12 ? direction.map((value) => value / length) : undefined;
}

/** Computes the inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

function squareOf(vector: Float64Array): number {
  return dot(vector, vector);
}

function addTo(to: Float64Array, vector: Float64Array, factor: number): void {
  for (let index = 0; index < to.length; index += 1)
    to[index] = (to[index] as number) + factor * (vector[index] as number);
}

function middleOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
