/** When a new group is looked at first: after its wait, which began with its oldest alert, so that a restart delays nothing. */
export function firstFlush({
  startsAt,
  groupWaitMs,
  now,
}: {
  startsAt: number;
  groupWaitMs: number;
  now: number;
}): number {
  return startsAt + groupWaitMs <= now ? now : now + groupWaitMs;
}

/** The time that a flush counts as: when it was due, unless nobody looked for more than an interval. */
export function flushTime({
  dueAt,
  groupIntervalMs,
  now,
}: {
  dueAt: number;
  groupIntervalMs: number;
  now: number;
}): number {
  return now - dueAt < groupIntervalMs ? Math.min(dueAt, now) : now;
}

/** When a group that stays as it is will be told again: at the first flush after its repeat interval (docs/spec/alerting.md section 5). */
export function nextRepeat({
  notifiedAt,
  nextFlushAt,
  groupIntervalMs,
  repeatIntervalMs,
}: {
  notifiedAt: number;
  nextFlushAt: number;
  groupIntervalMs: number;
  repeatIntervalMs: number;
}): number {
  const flushes = Math.max(0, Math.ceil((notifiedAt + repeatIntervalMs - nextFlushAt) / groupIntervalMs));
  return nextFlushAt + flushes * groupIntervalMs;
}
