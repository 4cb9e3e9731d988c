/** Versions of the digits: the network in float32 and in int8, which predict alike, and two releases that a rollout catches. */
export const releases = { float32: 2, int8: 3, wrongNormalisation: 5, shortTable: 6 } as const;

/** Maximum number of rollouts of an endpoint: enough for an evening, without filling the table for weeks. */
const maxRollouts = 40;
/** The first three follow each other, so that soon there is one of each ending. */
const pauseMs = { first: 20_000, later: 180_000 };

export interface SeenRollout {
  canary: { version: number };
  phase: string;
  endedAt: string | null;
}

interface Seen {
  /** Rollouts, newest first, by any user. */
  rollouts: readonly SeenRollout[];
  /** Release that the endpoint serves; undefined when that is no version of the digits. */
  serving: number | undefined;
  now: number;
}

/**
 * Returns the version that the demo rolls out now: the good one, the one with the wrong normalisation, the one that fails, and the good
 * one that does not serve then. Undefined while a rollout is in progress or has just ended, after the last one, and once someone has
 * deployed another version there.
 */
export function nextRelease({ rollouts, serving, now }: Seen): number | undefined {
  if (serving !== releases.float32 && serving !== releases.int8) return undefined;
  const [newest] = rollouts;
  const good = serving === releases.float32 ? releases.int8 : releases.float32;
  if (!newest) return good;
  if (newest.endedAt === null || rollouts.length >= maxRollouts) return undefined;
  const pause = rollouts.length < 3 ? pauseMs.first : pauseMs.later;
  if (now - Date.parse(newest.endedAt) < pause) return undefined;
  if (newest.canary.version === releases.wrongNormalisation) return releases.shortTable;
  const wasGood = newest.canary.version === releases.float32 || newest.canary.version === releases.int8;
  return wasGood ? releases.wrongNormalisation : good;
}
