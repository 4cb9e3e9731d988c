import { ArgumentError } from "../argument-error.ts";

const maxSide = 2000;

/**
 * Matches rows with columns one to one so that the sum of their gains is largest: the Hungarian method in O(n² m). Pairs without a gain
 * stay unmatched. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2, 1955.
 * @param gains finite gains of all rows and columns @returns pairs of row and column, by row
 * @throws ArgumentError for rows of different lengths, more than 2,000 rows or columns, or gains that are not finite
 */
export function bestAssignment(gains: readonly (readonly number[])[]): [number, number][] {
  const width = gains[0]?.length ?? 0;
  if (gains.length > maxSide || width > maxSide)
    throw new ArgumentError("There must be at most 2,000 rows and columns.");
  for (const row of gains) {
    if (row.length !== width) throw new ArgumentError("Rows must have the same length.");
    if (!row.every((gain) => Number.isFinite(gain))) throw new ArgumentError("Gains must be finite numbers.");
  }
  if (width === 0) return [];
  if (gains.length > width) {
    const turned = gains[0]?.map((_, column) => gains.map((row) => row[column] as number)) ?? [];
    return bestAssignment(turned)
      .map(([column, row]): [number, number] => [row, column])
      .sort(([a], [b]) => a - b);
  }
  const rowOf = assignRows(gains, width);
  const pairs: [number, number][] = [];
  for (let column = 1; column <= width; column += 1) {
    const row = (rowOf[column] as number) - 1;
    if (row >= 0 && (gains[row]?.[column - 1] as number) > 0) pairs.push([row, column - 1]);
  }
  return pairs.sort(([a], [b]) => a - b);
}

/** Assigns each row a column by shortest augmenting paths over reduced costs. @returns row of each column from 1, 0 for none */
function assignRows(gains: readonly (readonly number[])[], width: number): Int32Array {
  const rows = gains.length;
  const [rowPrice, columnPrice] = [new Float64Array(rows + 1), new Float64Array(width + 1)];
  const rowOf = new Int32Array(width + 1);
  const before = new Int32Array(width + 1);
  for (let row = 1; row <= rows; row += 1) {
    const least = new Float64Array(width + 1).fill(Number.POSITIVE_INFINITY);
    const isDone = new Uint8Array(width + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      isDone[column] = 1;
      const from = rowOf[column] as number;
      let [step, next] = [Number.POSITIVE_INFINITY, 0];
      for (let to = 1; to <= width; to += 1) {
        if (isDone[to]) continue;
        // No gain is worth as much as none.
        const cost = -Math.max(0, gains[from - 1]?.[to - 1] as number);
        const reduced = cost - (rowPrice[from] as number) - (columnPrice[to] as number);
        if (reduced < (least[to] as number)) {
          least[to] = reduced;
          before[to] = column;
        }
        if ((least[to] as number) < step) {
          step = least[to] as number;
          next = to;
        }
      }
      for (let to = 0; to <= width; to += 1) {
        if (isDone[to]) {
          const own = rowOf[to] as number;
          rowPrice[own] = (rowPrice[own] as number) + step;
          columnPrice[to] = (columnPrice[to] as number) - step;
        } else least[to] = (least[to] as number) - step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] as number;
      rowOf[column] = rowOf[previous] as number;
      column = previous;
    }
  }
  return rowOf;
}
