import { GridGate, safeGrid, worseGrid } from "./grid-gate.ts";

/**
 * ln E of "at most a share `limit` of one arm's units are bad", without comparison: a drop that hits both arms is invisible to
 * relative gates. Run it on both: when both are breached the cause is shared, and rolling back does not help.
 * @param limit tolerated share of bad units, above 0 and below 1.
 */
export function floorLogE({ units, events }: { units: number; events: number }, limit: number): number {
  const gate = new GridGate(worseGrid);
  gate.add(events, units - events, limit);
  return gate.logE();
}

/**
 * The mirror image: ln E of "at least a share `limit` of one arm's units are bad". When E reaches 1/β, fewer are, with an error
 * probability of β: where nobody fails, no ratio can prove a version safe, but this can.
 */
export function belowLogE({ units, events }: { units: number; events: number }, limit: number): number {
  const gate = new GridGate(safeGrid);
  gate.add(events, units - events, limit);
  return gate.logE();
}
