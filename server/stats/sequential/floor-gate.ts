import { GridGate, safeGrid, worseGrid } from "./grid-gate.ts";

/**
 * Computes ln E of "at most a share `limit` of one arm's units are bad", without comparison: a drop that affects both arms is
 * invisible to relative gates. Run it on both: when both exceed the limit the cause is shared, and rolling back does not help. Which of
 * two arms with the same rate exceeds it first is chance, so a breach alone blames neither (see `breaksAlone`).
 * @param limit tolerated share of bad units, above 0 and below 1.
 */
export function floorLogE({ units, events }: { units: number; events: number }, limit: number): number {
  const gate = new GridGate(worseGrid);
  gate.add(events, units - events, limit);
  return gate.logE();
}

/**
 * Mirrors the gate above: returns ln E of "at least a share `limit` of one arm's units are bad". When E reaches 1/β, the share is below
 * the limit, with an error probability of β: without failures, no ratio can show that a version is safe, but this gate can.
 */
export function belowLogE({ units, events }: { units: number; events: number }, limit: number): number {
  const gate = new GridGate(safeGrid);
  gate.add(events, units - events, limit);
  return gate.logE();
}

/**
 * Returns whether one arm is beyond a limit while the other is within it, both by their counts of the same traffic. Arms whose rates are
 * equal at every moment, as in a shared outage, have the same mean over the same traffic, and one mean cannot be on both sides: this
 * needs an error of both gates at once. It holds only as long as both reach their thresholds with the same counts, so it must not be
 * computed from maxima of different times.
 * @param logBeyond, logWithin ln E from which each is shown.
 */
export function breaksAlone(
  arms: { canary: { units: number; events: number }; baseline: { units: number; events: number } },
  limit: number,
  { logBeyond, logWithin }: { logBeyond: number; logWithin: number },
): boolean {
  return floorLogE(arms.canary, limit) >= logBeyond && belowLogE(arms.baseline, limit) >= logWithin;
}
