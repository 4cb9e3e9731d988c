import { ArgumentError } from "../argument-error.ts";
import type { Random } from "../random.ts";
import { type ClassProbabilities, countRows, largestClass } from "./class-probabilities.ts";
import { countEmbeddings, type Embeddings } from "./embeddings.ts";

/** Squares below this share of those that they are the difference of are rounding. */
const rounding = 1e-12;

/**
 * Picks rows of which the model is unsure, and each for another reason: BADGE. The gradient of the last layer is g = (p − onehot(ŷ)) ⊗ h, long for
 * unsure rows. The longest is picked first, then rows with a chance in proportion to the squared distance from what was picked (k-means++). Ash,
 * Zhang, Krishnamurthy, Langford, Agarwal, "Deep batch active learning by diverse, uncertain gradient lower bounds", ICLR 2020
 * (https://arxiv.org/abs/1906.03671). g, of classes × dimensions, is never built: with a = p − onehot(ŷ), g_i · g_j = (a_i · a_j)(h_i · h_j).
 * @param embeddings h: what goes into the last layer
 * @param count how many to pick; fewer when all that is left equals what was picked
 * @throws ArgumentError for probabilities or embeddings that are none, of different rows, or a count that is not whole
 */
export function badge(
  probabilities: ClassProbabilities,
  embeddings: Embeddings,
  { count, random }: { count: number; random: Random },
): number[] {
  const rows = countRows(probabilities);
  if (countEmbeddings(embeddings) !== rows) throw new ArgumentError("Each row must have an embedding.");
  if (!(Number.isInteger(count) && count >= 0)) throw new ArgumentError("The number of rows to pick must be whole.");
  const residuals = residualsOf(probabilities);
  const lengths = gradientLengths(probabilities, embeddings);
  const squares = Float64Array.from(lengths);
  const picked: number[] = [];
  let next = rows > 0 ? largestClass(lengths, rows) : -1;
  while (picked.length < count && next >= 0) {
    picked.push(next);
    for (let row = 0; row < rows; row += 1) {
      const of = [lengths[row] as number, lengths[next] as number] as const;
      const product =
        dot(residuals, probabilities.classes, row, next) * dot(embeddings.values, embeddings.dimensions, row, next);
      const square = of[0] + of[1] - 2 * product;
      const distance = square > rounding * (of[0] + of[1]) ? square : 0;
      if (picked.length === 1 || distance < (squares[row] as number)) squares[row] = distance;
    }
    next = picked.length < count ? drawn(squares, random) : -1;
  }
  return picked;
}

/**
 * Computes the squared length of each row's gradient: |p − onehot(ŷ)|² |h|², 0 for a certain model.
 * @throws ArgumentError for probabilities or embeddings that are none, or of different rows
 */
export function gradientLengths(probabilities: ClassProbabilities, embeddings: Embeddings): Float64Array {
  const rows = countRows(probabilities);
  if (countEmbeddings(embeddings) !== rows) throw new ArgumentError("Each row must have an embedding.");
  const residuals = residualsOf(probabilities);
  return Float64Array.from({ length: rows }, (_, row) => {
    const length =
      dot(residuals, probabilities.classes, row, row) * dot(embeddings.values, embeddings.dimensions, row, row);
    if (!Number.isFinite(length)) throw new ArgumentError("Values of embeddings must be below 1e150.");
    return length;
  });
}

/** Computes p − onehot(ŷ) of each row. */
function residualsOf({ values, classes }: ClassProbabilities): Float64Array {
  const residuals = Float64Array.from(values);
  for (let from = 0; from < residuals.length; from += classes) {
    const at = from + largestClass(values, classes, from);
    residuals[at] = (residuals[at] as number) - 1;
  }
  return residuals;
}

function dot(values: ArrayLike<number>, width: number, a: number, b: number): number {
  let sum = 0;
  for (let at = 0; at < width; at += 1) sum += (values[a * width + at] as number) * (values[b * width + at] as number);
  return sum;
}

/** Draws a row with a chance in proportion to its value; −1 when all are 0. */
function drawn(values: Float64Array, random: Random): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return -1;
  const limit = random();
  let sum = 0;
  let last = -1;
  for (let row = 0; row < values.length; row += 1) {
    if ((values[row] as number) === 0) continue;
    last = row;
    sum += (values[row] as number) / total;
    if (sum > limit) return row;
  }
  return last;
}
