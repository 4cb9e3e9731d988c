import { seededRandom, shuffled } from "./random.ts";

/**
 * Computes the exact Shapley values of a game: φᵢ = Σ |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)) over all coalitions S without i
 * (Shapley, "A value for n-person games", 1953). They sum to v(all) − v(none).
 * @param worth of each coalition; bit i of its index says that player i takes part. Its length is 2 to the number of players.
 */
export function exactShapley(worth: ArrayLike<number>): number[] {
  const players = Math.log2(worth.length);
  if (!Number.isInteger(players)) throw new Error("A worth for each coalition is needed: a power of two of them.");
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
 * with the same random row; a bias from an early position in one is offset in the other (Mitchell et al., "Sampling permutations for
 * Shapley value estimation", JMLR 23, 2022, section 2.2).
 */
export function antitheticWalks(size: { players: number; pairs: number; rows: number; seed: number }): Walk[] {
  const random = seededRandom(size.seed);
  return Array.from({ length: size.pairs }, () => {
    const order = shuffled(size.players, random);
    const background = Math.floor(random() * size.rows);
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
 * Computes Shapley values as means over pairs of walks; the standard error is the deviation between pairs divided by the root of their
 * number.
 * @param walks from antitheticWalks, at least two pairs
 * @param worths of each walk: before any player joined, and after each that did
 */
export function sampledShapley(walks: readonly Walk[], worths: readonly ArrayLike<number>[]): SampledShapley {
  const players = walks[0]?.order.length ?? 0;
  const pairs = walks.length / 2;
  const sums = new Float64Array(players);
  const squares = new Float64Array(players);
  const pair = new Float64Array(players);
  for (const [index, { order }] of walks.entries()) {
    const worth = worths[index] as ArrayLike<number>;
    for (const [step, player] of order.entries()) {
      pair[player] = (pair[player] as number) + ((worth[step + 1] as number) - (worth[step] as number)) / 2;
    }
    if (index % 2 === 0) continue;
    for (const [player, gain] of pair.entries()) {
      // Welford's way, since gains may be large beside their differences.
      const mean = sums[player] as number;
      const next = mean + (gain - mean) / ((index + 1) / 2);
      squares[player] = (squares[player] as number) + (gain - mean) * (gain - next);
      sums[player] = next;
    }
    pair.fill(0);
  }
  return {
    values: [...sums],
    standardErrors: Array.from(squares, (square) => Math.sqrt(square / (pairs - 1) / pairs)),
  };
}
