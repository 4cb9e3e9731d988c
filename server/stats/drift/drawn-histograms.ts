import type { Random } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { gammaFrom } from "../random-gamma.ts";
import type { NumericSource } from "./null-sources.ts";

/** A reference and a window without drift, counted in the bins of the reference's own quantiles. */
export interface Histograms {
  reference: number[];
  current: number[];
}

/** Bins of a profile. */
const bins = 512;

/**
 * Draws histograms of a reference of n rows and of a window of m rows from the same source, distributed as if rows were drawn, sorted
 * and counted, without the rows. Edges need only two neighbours of each quantile: ranks of uniform numbers, whose distances are gamma
 * variables, passed through the source's quantile function. For ties, which extend beyond the known ranks, the remaining count is
 * binomial; so is each bin of the window.
 * @returns a function that draws both; `again` draws another window for the same reference.
 */
export function histogramDrawer(source: NumericSource, rows: { reference: number; current: number }) {
  const indices = Array.from({ length: bins - 1 }, (_, index) => ((rows.reference - 1) * (index + 1)) / bins);
  const ranks = [...new Set(indices.flatMap((index) => [Math.floor(index), Math.floor(index) + 1]))];
  const known = ranks.filter((rank) => rank < rows.reference).sort((a, b) => a - b);
  const nextOf = indices.map((index) => known.indexOf(Math.min(rows.reference - 1, Math.floor(index) + 1)));
  return (random: Random): Histograms & { again: () => number[] } => {
    const uniform = uniformRanks(known, rows.reference, random);
    const values = uniform.map(source.quantile);
    const { edges, shares, ends } = cut({ source, places: indices, nextOf, known, uniform, values, random });
    const reference = [...ends, rows.reference].map((end, bin) => end - (ends[bin - 1] ?? 0));
    const again = () => countsOf([...shares, 1], rows.current, random).slice(0, edges.length + 1);
    return { reference, current: again(), again };
  };
}

/** Draws the numbers at given ranks (from 0, ascending) among the given number of uniform numbers. */
function uniformRanks(ranks: readonly number[], rows: number, random: Random): Float64Array {
  const sums = new Float64Array(ranks.length);
  let [sum, before] = [0, -1];
  for (let index = 0; index < ranks.length; index += 1) {
    const rank = ranks[index] as number;
    sum += spacings(rank - before, random);
    sums[index] = sum;
    before = rank;
  }
  const total = sum + spacings(rows - before, random);
  for (let index = 0; index < sums.length; index += 1) sums[index] = (sums[index] as number) / total;
  return sums;
}

function spacings(count: number, random: Random): number {
  return count === 1 ? -Math.log(1 - random()) : gammaFrom(count, random);
}

/** Edges as quantileEdges cuts them, with the share of the source and the rows of the reference up to each. */
function cut(drawn: {
  source: NumericSource;
  places: readonly number[];
  nextOf: readonly number[];
  known: readonly number[];
  uniform: Float64Array;
  values: Float64Array;
  random: Random;
}) {
  const { source, places: indices, nextOf, known, uniform, values, random } = drawn;
  const [edges, shares, ends]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < indices.length; index += 1) {
    const position = indices[index] as number;
    const next = nextOf[index] as number;
    const low = values[next - 1] as number;
    const edge = low + (position % 1) * ((values[next] as number) - low);
    const last = edges.length - 1;
    if (last >= 0 && edge <= (edges[last] as number)) continue;
    const share = source.shareUpTo(edge);
    edges.push(edge);
    shares.push(share);
    ends.push(rowsUpTo(edge, share));
  }
  return { edges, shares, ends };

  /** Returns the number of reference rows that are at most an edge. */
  function rowsUpTo(edge: number, share: number): number {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[middle] as number) <= edge) low = middle + 1;
      else high = middle;
    }
    const before = known[low - 1] as number;
    const unknown = (known[low] ?? before + 1) - before - 1;
    if (unknown === 0) return before + 1;
    const [from, to] = [uniform[low - 1] as number, uniform[low] as number];
    return before + 1 + binomialFrom(unknown, Math.min(1, Math.max(0, (share - from) / (to - from))), random);
  }
}

/** Draws row counts for bins with the given cumulative shares, the last 1. */
function countsOf(ends: readonly number[], rows: number, random: Random): number[] {
  let [left, before] = [rows, 0];
  return ends.map((end, bin) => {
    const share = bin === ends.length - 1 ? 1 : Math.min(1, Math.max(0, (end - before) / (1 - before)));
    const hits = left === 0 ? 0 : binomialFrom(left, share, random);
    left -= hits;
    before = end;
    return hits;
  });
}
