/**
 * Number of a window in the spool of one gateway: its start in milliseconds since 1970, plus one for each time that the clock was set back
 * before. Starts are full seconds, so both can be read from it.
 */
export type SpoolMark = number;

const unitMs = 1000;
const maxSetBack = unitMs - 1;

/** Returns when the window starts, in milliseconds since 1970. */
export function startOf(mark: SpoolMark): number {
  return mark - setBackCount(mark);
}

/**
 * Returns the mark of the window that counts at a time. A window from before the clock was set back may be in Postgres already, and would be
 * overwritten: after a correction beyond the tolerance, windows have a new number. A smaller one leaves the latest window open.
 * @param latest mark of the spool; undefined for a new spool @param start of the window that contains the time
 */
export function nextMark(latest: SpoolMark | undefined, start: number, toleratedMs: number): SpoolMark {
  if (latest === undefined) return start;
  const count = setBackCount(latest);
  const behindMs = startOf(latest) - start;
  if (behindMs <= 0) return start + count;
  if (behindMs <= toleratedMs || count === maxSetBack) return latest;
  return start + count + 1;
}

/** Returns the mark that was opened last; undefined without any. */
export function latestMark(marks: readonly SpoolMark[]): SpoolMark | undefined {
  return marks.toSorted((one, other) => setBackCount(one) - setBackCount(other) || one - other).at(-1);
}

/**
 * Returns the id under which Postgres gets a window: that of the gateway, and another one after each time that the clock was set back. The
 * part before "~" is always the gateway's.
 */
export function writerOf(gatewayId: string, mark: SpoolMark): string {
  const count = setBackCount(mark);
  return count === 0 ? gatewayId : `${gatewayId}~${count}`;
}

function setBackCount(mark: SpoolMark): number {
  return mark % unitMs;
}
