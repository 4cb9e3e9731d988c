/** Returns the first flush of a new group: after its group wait, counted from its oldest alert, so that a restart causes no delay. */
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

/** Returns the nominal time of a flush: when it was due, unless there was no evaluation for more than an interval. */
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

/** Returns when an unchanged group notifies again: at the first flush after its repeat interval (docs/spec/alerting.md section 5). */
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
