import { type Random, seededRandom } from "#server/stats/random.ts";

/** Returns the random numbers of one corruption of one row: a run can be repeated, and severities of a row do not depend on each other. */
export function corruptionRandom(seed: number, row: number, kind: string, severity: number): Random {
  // FNV-1a, by G. Fowler, L. C. Noll and P. Vo.
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${row}/${kind}/${severity}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return seededRandom(hash);
}
