/** Cells of the grid for each edge: with more, most cells hold one edge or none. */
const cellsPerEdge = 4;

/**
 * The bins of a profile, looked up by an even grid over its edges and a search among the few edges of a cell: of numbers that come in no order, several times as fast as a
 * search among all edges, whose every step is a guess of the processor that fails half of the time. The same bins as binOf.
 */
export class EdgeGrid {
  private readonly edges: Float64Array;
  /** For each cell the first edge that may be at or above a number in it; one more for the end. */
  private readonly starts: Uint16Array;
  private readonly first: number;
  private readonly scale: number;

  /** @param edges ascending, at most 65,535 */
  constructor(edges: ArrayLike<number>) {
    this.edges = Float64Array.from(edges);
    const count = this.edges.length;
    const cells = Math.max(1, count * cellsPerEdge);
    this.first = this.edges[0] ?? 0;
    const range = (this.edges[count - 1] ?? 0) - this.first;
    const scale = cells / range;
    this.scale = Number.isFinite(scale) ? scale : 0;
    this.starts = new Uint16Array(cells + 1).fill(count);
    // By the very arithmetic of a look-up, so that rounding moves both alike.
    for (let edge = count - 1; edge >= 0; edge -= 1) this.starts[this.cellOf(this.edges[edge] as number)] = edge;
    for (let cell = cells - 1; cell >= 0; cell -= 1) {
      this.starts[cell] = Math.min(this.starts[cell] as number, this.starts[cell + 1] as number);
    }
  }

  /** Number of edges strictly smaller than a finite value. */
  binOf(value: number): number {
    const { edges, starts } = this;
    if (!(value > this.first)) return 0;
    const cell = this.cellOf(value);
    let low = starts[cell] as number;
    let high = cell + 1 < starts.length ? (starts[cell + 1] as number) : edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((edges[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private cellOf(value: number): number {
    const cell = Math.floor((value - this.first) * this.scale);
    return cell >= this.starts.length ? this.starts.length - 1 : cell;
  }
}
