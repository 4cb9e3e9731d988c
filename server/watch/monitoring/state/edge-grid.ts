/** Grid cells per edge, enough that most cells hold one edge or none. */
const cellsPerEdge = 4;

/**
 * Bins of a profile, found with a uniform grid over its edges: for unordered numbers, many times as fast as a binary search among all
 * edges, of which every step is a branch that the processor mispredicts half of the time. The bins equal those of binOf. Loops over many
 * numbers read the fields directly, which avoids a call per number.
 */
export class EdgeGrid {
  /** Ascending, and an infinite one behind them, which no number is above. */
  readonly edges: Float64Array;
  /** For each cell the first edge that may be at or above a number in it; the last cell is what is at or above the last edge. */
  readonly starts: Uint16Array;
  /** Parameters of a number's cell: the integer part of (number − first) · scale, clamped to 0 and `last`. */
  readonly first: number;
  readonly scale: number;
  readonly last: number;

  /** @param edges ascending, at most 65,535 */
  constructor(edges: ArrayLike<number>) {
    const count = edges.length;
    this.edges = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
    this.edges.set(edges);
    this.last = Math.max(1, count * cellsPerEdge);
    this.first = edges[0] ?? 0;
    const range = (edges[count - 1] ?? 0) - this.first;
    const scale = this.last / range;
    this.scale = Number.isFinite(scale) ? scale : 0;
    this.starts = new Uint16Array(this.last + 1).fill(count);
    // Uses the same arithmetic as a lookup, so that rounding affects both equally.
    for (let edge = count - 1; edge >= 0; edge -= 1) this.starts[this.cellOf(this.edges[edge] as number)] = edge;
    for (let cell = this.last - 1; cell >= 0; cell -= 1) {
      this.starts[cell] = Math.min(this.starts[cell] as number, this.starts[cell + 1] as number);
    }
  }

  /** Returns the number of edges strictly smaller than a finite value. */
  binOf(value: number): number {
    const { edges, starts } = this;
    const cell = this.cellOf(value);
    let low = starts[cell] as number;
    let high = cell < this.last ? (starts[cell + 1] as number) : edges.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((edges[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private cellOf(value: number): number {
    const cell = (value - this.first) * this.scale;
    return cell > 0 ? (cell < this.last ? Math.floor(cell) : this.last) : 0;
  }
}
