/** Versions of the digits: the network in float32 and in int8, which answer alike, and two releases that a rollout catches. */
export const releases = { float32: 2, int8: 3, wrongNormalisation: 5, shortTable: 6 } as const;

/** Rollouts of an endpoint that are kept going, at most: an evening of them, and no table that fills for weeks. */
const maxRollouts = 40;
/** The first three follow each other, so that soon there is one of each ending. */
const pauseMs = { first: 20_000, later: 180_000 };

export interface SeenRollout {
  canary: { version: number };
  phase: string;
  endedAt: string | null;
}

interface Seen {
  /** Newest first, whoever started them. */
  rollouts: readonly SeenRollout[];
  /** What the endpoint answers with; undefined when that is no version of the digits. */
  serving: number | undefined;
  now: number;
}

/**
 * The version that the demo rolls out now: the good one, the one with the wrong normalisation, the one that fails, and the good one that
 * does not serve then. Undefined while a rollout goes on or is just over, after the last one, and once somebody has put another version there.
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
