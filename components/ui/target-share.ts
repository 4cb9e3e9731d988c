/** Share of a target above which a value is close to it. */
export const closeToTarget = 0.7;

/** Returns the state of a value by its share of the target; undefined while there is nothing to say. */
export function targetState(share: number): "watch" | "missed" | undefined {
  if (share > 1) return "missed";
  return share > closeToTarget ? "watch" : undefined;
}
