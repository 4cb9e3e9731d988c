import { hypergeometricFrom } from "../../hypergeometric.ts";
import type { Random } from "../../random.ts";
import { total } from "./calibrated-test.ts";
import type { Cells } from "./pool-cells.ts";
import { isTie } from "./tie.ts";

/** The rank of what was seen among draws, and the value above which α of the draws lie. */
export interface SimulatedNull {
  pValue: number;
  line: number;
}

type Statistic = (reference: number[], current: number[]) => number;

/**
 * How a table would look if both samples were from one source: all rows in one pot, as many drawn for the current side as it has
 * (multivariate hypergeometric, the null of a permutation test). Exact for every distribution of levels.
 * @returns a function that gives the statistic of one draw after another.
 */
export function permutedValue({ reference, current }: Cells, statistic: Statistic, random: Random): () => number {
  const pooled = reference.map((count, cell) => count + (current[cell] as number));
  const rows = total(current);
  const [rest, drawn] = [pooled.slice(), pooled.slice()];
  return () => {
    drawInto(drawn, rest, { pooled, rows, random });
    return statistic(rest, drawn);
  };
}

/**
 * Rank / (R + 1) of a value among R draws of its null, ties settled by a draw: p ≤ α for exactly α of the windows without drift
 * (Dwass 1957). Drawing ends early once so many draws are above that the value cannot be an alarm (Besag and Clifford 1991).
 */
export function rankAmong(
  draw: () => number,
  { value, alpha, draws, random }: { value: number; alpha: number; draws: number; random: Random },
): SimulatedNull {
  const enough = 2 * Math.floor(alpha * (draws + 1));
  const values = new Float64Array(draws);
  let [above, tied, count] = [0, 0, 0];
  while (count < draws && above <= enough) {
    const drawn = draw();
    values[count] = drawn;
    count += 1;
    if (isTie(drawn, value)) tied += 1;
    else if (drawn > value) above += 1;
  }
  const rank = 1 + above + Math.floor(random() * (tied + 1));
  return { pValue: rank / (count + 1), line: upperQuantile(values.subarray(0, count), alpha) };
}

/** One table with the margins of the pooled one. */
function drawInto(
  drawn: number[],
  rest: number[],
  { pooled, rows, random }: { pooled: number[]; rows: number; random: Random },
): void {
  let left = rows;
  let pot = total(pooled);
  for (let cell = 0; cell < pooled.length; cell += 1) {
    const marked = pooled[cell] as number;
    const hits = left === 0 ? 0 : hypergeometricFrom({ total: pot, marked, drawn: left }, random);
    drawn[cell] = hits;
    rest[cell] = marked - hits;
    left -= hits;
    pot -= marked;
  }
}

/** The draw above which no more than α of all draws and what was seen lie. */
function upperQuantile(values: Float64Array, alpha: number): number {
  values.sort();
  const above = Math.floor(alpha * (values.length + 1));
  return above === 0 ? Number.POSITIVE_INFINITY : (values[values.length - above] as number);
}
