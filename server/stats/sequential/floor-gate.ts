import { GridGate, worseGrid } from "./grid-gate.ts";

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
