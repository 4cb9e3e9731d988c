import { ArgumentError } from "../argument-error.ts";
import { countEmbeddings, type Embeddings } from "./embeddings.ts";

/** Rows to label, in order, each with its distance to the nearest row that was labelled or picked before it; null for a first one. */
export interface CoreSet {
  picked: number[];
  radius: (number | null)[];
}

/**
 * Picks rows so that every row lies near a labelled one: always the farthest, by the greedy k-centre algorithm, whose largest distance is at most
 * twice the smallest possible. Sener, Savarese, "Active learning for convolutional neural networks: a core-set approach", ICLR 2018
 * (https://arxiv.org/abs/1708.00489). Takes rows × picks × dimensions steps.
 * @param labelled numbers of rows that have a label already; without any, the first row is picked first
 * @param count how many to pick; fewer when there are fewer
 * @throws ArgumentError for embeddings or rows that are none, or a count that is not whole
 */
export function coreSet(embeddings: Embeddings, labelled: readonly number[], count: number): CoreSet {
  const rows = countEmbeddings(embeddings);
  if (!(Number.isInteger(count) && count >= 0)) throw new ArgumentError("The number of rows to pick must be whole.");
  const squares = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const isTaken = new Uint8Array(rows);
  for (const row of labelled) {
    if (!(Number.isInteger(row) && row >= 0 && row < rows)) throw new ArgumentError("Labelled rows must exist.");
    isTaken[row] = 1;
    comeNearer(embeddings, row, squares);
  }
  const [picked, radius]: [number[], (number | null)[]] = [[], []];
  while (picked.length < count) {
    const next = farthest(squares, isTaken);
    if (next < 0) break;
    const square = squares[next] as number;
    picked.push(next);
    radius.push(square === Number.POSITIVE_INFINITY ? null : Math.sqrt(square));
    isTaken[next] = 1;
    comeNearer(embeddings, next, squares);
  }
  return { picked, radius };
}

/** Lowers the squared distance of each row to that from a new centre, where it is nearer. */
function comeNearer({ values, dimensions }: Embeddings, centre: number, squares: Float64Array): void {
  for (let row = 0, from = 0; row < squares.length; row += 1, from += dimensions) {
    let sum = 0;
    for (let at = 0; at < dimensions; at += 1) {
      const difference = (values[from + at] as number) - (values[centre * dimensions + at] as number);
      sum += difference * difference;
    }
    if (sum < (squares[row] as number)) squares[row] = sum;
  }
}

/** Returns the row farthest from all centres, the smallest of equal ones; −1 when all are taken. */
function farthest(squares: Float64Array, isTaken: Uint8Array): number {
  let best = -1;
  for (let row = 0; row < squares.length; row += 1) {
    if (isTaken[row] === 1) continue;
    if (best < 0 || (squares[row] as number) > (squares[best] as number)) best = row;
  }
  return best;
}
