import { labelGain, queueRank } from "#server/stats/labelling/queue-rank.ts";
import type { RankFactors } from "../contract.ts";

interface RankedTask {
  rank: number;
  factors: RankFactors | null;
  probabilities: readonly number[] | null;
  /** Tasks with the same inputs that come earlier in the queue. */
  twins: number;
}

/** Difference of ranks below which a task stays where it is. */
const minMove = 0.1;

/**
 * Computes the place of a waiting task again: its gain with the noise of classes as the newest run found it, and its twins as they are now. How far its
 * values had drifted, and its weight, were measured when it was added.
 * @returns undefined for a task that stays where it is
 */
export function rerank(
  { rank, factors, probabilities, twins }: RankedTask,
  classNoise: readonly number[],
): { rank: number; factors: RankFactors } | undefined {
  if (!factors) return undefined;
  const known =
    probabilities && probabilities.length > 1 ? gainOf(probabilities, factors.gain, classNoise) : factors.gain;
  const next = queueRank({ gain: known * factors.drift, drift: [], weight: factors.weight, twins });
  if (Math.abs(next.rank - rank) <= minMove) return undefined;
  return { rank: next.rank, factors: { ...factors, gain: known, twins } };
}

/** Never less than without noise; disagreement, which is not stored, is in the gain that the task had. */
function gainOf(probabilities: readonly number[], before: number, classNoise: readonly number[]): number {
  return Math.max(before, labelGain(probabilities, { label: null, disagreement: 0, classNoise }));
}
