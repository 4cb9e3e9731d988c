import type { CategoricalProfile } from "./contract.ts";

/**
 * Returns the number of levels that the reference has exactly twice. Profiles of older releases do not hold it: it is counted among their
 * levels, and as many as possible are assumed among the others.
 */
export function twiceSeen({ twice, levels, other, once }: CategoricalProfile): number {
  if (twice !== undefined) return twice;
  const counted = levels.filter(([, count]) => count === 2).length;
  const onceCounted = levels.filter(([, count]) => count === 1).length;
  return counted + Math.max(0, Math.floor((other - (once - onceCounted)) / 2));
}
