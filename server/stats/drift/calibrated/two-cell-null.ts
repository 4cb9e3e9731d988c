import { logHypergeometric, type Urn } from "../../hypergeometric.ts";
import type { Cells } from "./pool-cells.ts";
import { isTie } from "./tie.ts";

/** Probability of more than what was seen, of just that, and the smallest value with no more than α above it. */
export interface ExactNull {
  above: number;
  tied: number;
  line: number;
}

/** Number of standard deviations that contain all of the probability that matters at any α in use. */
const reach = 12;

/**
 * Computes the exact null of a statistic over two cells: how the rows of the first cell are distributed between the two samples when
 * both come from one source (hypergeometric, Fisher), enumerated table by table.
 * @param statistic of a table; large means different.
 */
export function twoCellNull(
  { reference, current }: Cells,
  { statistic, alpha }: { statistic: (reference: number[], current: number[]) => number; alpha: number },
): ExactNull {
  const [r = 0, r2 = 0] = reference;
  const [c = 0, c2 = 0] = current;
  const urn: Urn = { total: r + r2 + c + c2, marked: r + c, drawn: c + c2 };
  const mean = (urn.drawn * urn.marked) / urn.total;
  const deviation = Math.sqrt((mean * (1 - urn.marked / urn.total) * (r + r2)) / Math.max(1, urn.total - 1));
  const from = Math.max(0, urn.drawn - (urn.total - urn.marked), Math.floor(mean - reach * deviation - 5));
  const to = Math.min(urn.marked, urn.drawn, Math.ceil(mean + reach * deviation + 5));
  const seen = statistic(reference, current);
  const tables: [value: number, probability: number][] = [];
  let [above, tied] = [0, 0];
  for (let hits = from; hits <= to; hits += 1) {
    const value = statistic([urn.marked - hits, r + r2 - urn.marked + hits], [hits, urn.drawn - hits]);
    const probability = Math.exp(logHypergeometric(hits, urn));
    tables.push([value, probability]);
    if (isTie(value, seen)) tied += probability;
    else if (value > seen) above += probability;
  }
  return { above, tied, line: lineOf(tables, alpha) };
}

function lineOf(tables: [number, number][], alpha: number): number {
  tables.sort((a, b) => b[0] - a[0]);
  let sum = 0;
  for (const [value, probability] of tables) {
    sum += probability;
    if (sum > alpha) return value;
  }
  return Number.POSITIVE_INFINITY;
}
