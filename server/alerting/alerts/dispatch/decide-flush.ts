import type { Acknowledgement, NotificationEntry, notificationReasons } from "../contract.ts";

type NotificationReason = (typeof notificationReasons)[number];

export interface FlushFacts {
  /** Fingerprints of the group's alerts that nothing mutes. */
  firing: readonly string[];
  resolved: readonly string[];
  /** Last notification. */
  entry: NotificationEntry | null;
  sendsResolved: boolean;
  repeatIntervalMs: number;
  /** Null while the group is not acknowledged. */
  acknowledgement: Pick<Acknowledgement, "fingerprints"> | null;
  /** Time of the flush; it becomes the time of the entry, so that no repeat slips to the flush after. */
  now: number;
}

export interface FlushDecision {
  /** Row of the table of docs/spec/alerting.md section 5; 0 if only muted alerts are left and no notification is due. */
  row: number;
  reason: NotificationReason | null;
  /** Whether a message is sent. A message only about resolved alerts is not sent where those are disabled, but is recorded. */
  sends: boolean;
  /** Notification state after this flush; null if unchanged. */
  entry: NotificationEntry | null;
  words: string;
}

/** Decides whether a group notifies, and why (docs/spec/alerting.md sections 5 and 12; Alertmanager notify/dedup_stage.go). */
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
  // All firing alerts are acknowledged, so no reminder is sent.
  if (acknowledgement && firing.every((one) => acknowledged.has(one)))
    return quiet(9, "acknowledged, so notifications are not repeated");
  return notify(8, "repeat interval elapsed");
}
