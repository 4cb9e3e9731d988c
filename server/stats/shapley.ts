import { ArgumentError } from "./argument-error.ts";
import { seededRandom, shuffled } from "./random.ts";

/**
 * Computes the exact Shapley values of a game: φᵢ = Σ |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)) over all coalitions S without i
 * (Shapley, "A value for n-person games", 1953). They sum to v(all) − v(none).
 * @param worth of each coalition; bit i of its index says that player i takes part. Its length is 2 to the number of players.
 */
export function exactShapley(worth: ArrayLike<number>): number[] {
  const players = Math.log2(worth.length);
  if (!Number.isInteger(players)) throw new ArgumentError("Each coalition needs a value: a power of two of them.");
  const weights = weightsBySize(players);
  const values = new Array<number>(players).fill(0);
  for (let coalition = 0; coalition < worth.length; coalition += 1) {
    const weight = weights[sizeOf(coalition)] ?? 0;
    for (let player = 0; player < players; player += 1) {
      const joined = coalition | (1 << player);
      if (joined === coalition) continue;
      values[player] = (values[player] as number) + weight * ((worth[joined] as number) - (worth[coalition] as number));
    }
  }
  return values;
}

/** Computes |S|! (n − |S| − 1)! / n! by |S|: the probability that exactly these players precede another one. */
function weightsBySize(players: number): number[] {
  let choices = 1;
  return Array.from({ length: players }, (_, size) => {
    if (size > 0) choices = (choices * (players - size)) / size;
    return 1 / (players * choices);
  });
}

function sizeOf(coalition: number): number {
  let size = 0;
  for (let rest = coalition; rest > 0; rest &= rest - 1) size += 1;
  return size;
}

/** Players join one after the other; values from a background row represent the players that have not joined yet. */
export interface Walk {
  order: number[];
  background: number;
}

/**
 * Draws the orders in which players join, to sample Shapley values. Walks 2k and 2k + 1 are a pair: a random order and its reverse,
 * with the same row. Rows are used in turn, in a random order, so that each occurs equally often or once more: values sum to the output
 * minus the mean output over the rows used, and rows drawn one by one would be far from all of them. A bias from an early position in one is offset in the other (Mitchell et al., "Sampling permutations for
 * Shapley value estimation", JMLR 23, 2022, section 2.2).
 * @throws ArgumentError without rows
 */
export function antitheticWalks(size: { players: number; pairs: number; rows: number; seed: number }): Walk[] {
  if (!(size.rows >= 1)) throw new ArgumentError("A background needs at least one row.");
  if (!Number.isInteger(size.pairs)) throw new ArgumentError("The number of pairs must be whole.");
  const random = seededRandom(size.seed);
  let rows: number[] = [];
  return Array.from({ length: size.pairs }, (_, pair) => {
    const order = shuffled(size.players, random);
    if (pair % size.rows === 0) rows = shuffled(size.rows, random);
    const background = rows[pair % size.rows] as number;
    return [
      { order, background },
      { order: order.toReversed(), background },
    ];
  }).flat();
}

/** Estimates with their standard errors, of which 95% lie within about two of the exact value. */
export interface SampledShapley {
  values: number[];
  standardErrors: number[];
}

/**
 * Computes Shapley values from pairs of walks. Where each row of the background has a pair, they are means over rows of the means of their
 * pairs, so that rows add no error (a stratified sample; Cochran, Sampling Techniques, 1977, section 5.3). With fewer pairs, they are
 * means over pairs, shifted along their regression on the worth before any player joined, whose mean is known (a control variate:
 * Lavenberg and Welch, Management Science 27, 1981). Either way they sum to the output less `base`. Standard errors are those of the
 * regression's residuals, which count what rows add; so they are too large rather than too small.
 * @param walks from antitheticWalks, at least two pairs
 * @param worths of each walk: before any player joined, and after each that did
 * @param background its number of rows, and the mean over all of them of the worth before any player joined
 */
export function sampledShapley(
  walks: readonly Walk[],
  worths: readonly ArrayLike<number>[],
  background: { rows: number; base: number },
): SampledShapley {
  const pairs = Array.from({ length: Math.floor(walks.length / 2) }, (_, pair) => pairOf(walks, worths, pair));
  const byRow = [...Map.groupBy(pairs, (pair) => pair.background).values()];
  const starts = pairs.map(({ start }) => start);
  const squares = productOf(starts, starts);
  // A line needs a pair more; starts that are all equal have none.
  const isAdjusted = pairs.length > 2 && squares > 0;
  const freedom = Math.max(1, pairs.length - (isAdjusted ? 2 : 1));
  const players = Array.from({ length: walks[0]?.order.length ?? 0 }, (_, player) => {
    const gainsOf = (of: readonly Pair[]) => of.map((pair) => pair.gains[player] as number);
    const gains = gainsOf(pairs);
    const slope = isAdjusted ? productOf(gains, starts) / squares : 0;
    const rest = Math.max(0, productOf(gains, gains) - slope * slope * squares);
    const value =
      byRow.length === background.rows
        ? meanOf(byRow.map((same) => meanOf(gainsOf(same))))
        : meanOf(gains) + slope * (background.base - meanOf(starts));
    return { value, error: Math.sqrt(rest / freedom / pairs.length) };
  });
  return { values: players.map(({ value }) => value), standardErrors: players.map(({ error }) => error) };
}

interface Pair {
  background: number;
  /** Worth before any player joined. */
  start: number;
  gains: Float64Array;
}

function pairOf(walks: readonly Walk[], worths: readonly ArrayLike<number>[], pair: number): Pair {
  const both = [2 * pair, 2 * pair + 1];
  const { order, background } = walks[2 * pair] as Walk;
  const gains = new Float64Array(order.length);
  for (const index of both) {
    const worth = worths[index] as ArrayLike<number>;
    for (const [step, player] of (walks[index] as Walk).order.entries()) {
      gains[player] = (gains[player] as number) + ((worth[step + 1] as number) - (worth[step] as number)) / 2;
    }
  }
  return { background, start: meanOf(both.map((index) => worths[index]?.[0] as number)), gains };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Computes the sum of products of distances from the means. */
function productOf(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [meanOf(a), meanOf(b)];
  return a.reduce((sum, value, at) => sum + (value - first) * ((b[at] as number) - second), 0);
}
