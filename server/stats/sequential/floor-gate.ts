import { GridGate, safeGrid, worseGrid } from "./grid-gate.ts";

/**
 * Computes ln E of "at most a share `limit` of one arm's units are bad", without comparison: a drop that affects both arms is
 * invisible to relative gates. Run it on both: when both exceed the limit the cause is shared, and rolling back does not help.
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
