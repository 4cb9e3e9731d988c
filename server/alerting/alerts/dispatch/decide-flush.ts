import type { Acknowledgement, NotificationEntry, notificationReasons } from "../contract.ts";

type NotificationReason = (typeof notificationReasons)[number];

export interface FlushFacts {
  /** Fingerprints of the group's alerts that nothing mutes. */
  firing: readonly string[];
  resolved: readonly string[];
  /** What was told last. */
  entry: NotificationEntry | null;
  sendsResolved: boolean;
  repeatIntervalMs: number;
  /** Null while nobody has it. */
  acknowledgement: Pick<Acknowledgement, "fingerprints"> | null;
  /** Time of the flush; it becomes the time of the entry, so that no repeat slips to the flush after. */
  now: number;
}

export interface FlushDecision {
  /** Row of the table of docs/spec/alerting.md section 5; 0 where only muted alerts are left and nothing is asked. */
  row: number;
  reason: NotificationReason | null;
  /** Whether a message goes out. A message that only tells of resolved ones does not where those are not sent, but counts. */
  sends: boolean;
  /** What is known to have been told after this; null where that stays as it was. */
  entry: NotificationEntry | null;
  words: string;
}

/** Whether a group tells, and why (docs/spec/alerting.md sections 5 and 12; Alertmanager notify/dedup_stage.go). */
export function decideFlush(facts: FlushFacts): FlushDecision {
  const { firing, resolved, entry, sendsResolved, repeatIntervalMs, acknowledgement, now } = facts;
  const quiet = (row: number, words: string): FlushDecision => ({
    row,
    reason: null,
    sends: false,
    entry: null,
    words,
  });
  const notify = (row: number, reason: NotificationReason): FlushDecision => ({
    row,
    reason,
    sends: firing.length > 0 || sendsResolved,
    entry: { firing: [...firing], resolved: [...resolved], at: now },
    words: reason,
  });
  if (firing.length + resolved.length === 0) return quiet(0, "nothing to notify about");
  if (!entry) return firing.length > 0 ? notify(1, "first notification") : quiet(2, "resolved before it was notified");
  const notified = new Set(entry.firing);
  if (firing.some((one) => !notified.has(one))) {
    return entry.firing.length === 0 ? notify(3, "first notification") : notify(4, "new alerts added");
  }
  if (firing.length === 0) {
    return entry.firing.length > 0 ? notify(5, "all alerts resolved") : quiet(6, "resolution already notified");
  }
  const notifiedResolved = new Set(entry.resolved);
  if (sendsResolved && resolved.some((one) => !notifiedResolved.has(one))) return notify(7, "some alerts resolved");
  if (now - entry.at < repeatIntervalMs) return quiet(9, "already notified; repeat interval has not elapsed");
  const acknowledged = new Set(acknowledgement?.fingerprints);
  // Somebody works on all that fires, so nobody is reminded.
  if (acknowledgement && firing.every((one) => acknowledged.has(one)))
    return quiet(9, "acknowledged, so notifications are not repeated");
  return notify(8, "repeat interval elapsed");
}
