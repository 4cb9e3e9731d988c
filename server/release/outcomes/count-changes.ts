/** A release or a rollback at an endpoint, in the order in which they happened. */
export interface ChangeEvent {
  endpoint: string;
  kind: "released" | "rolled-back";
  /** Model and version: of a rollout that was rolled back, the one that it released. */
  released: string;
  /** Whether a rollout ended in the rollback; else someone deployed an earlier version again. */
  isRollout: boolean;
  /** Whether an incident that started within a day names it as a cause. */
  hasIncident: boolean;
}

/** Changes of a time range: those that failed were rolled back or led to an incident, each counted once. */
export interface ChangeCounts {
  total: number;
  failed: number;
  rolledBack: number;
}

/**
 * Counts changes and the ones that failed (docs/spec/alerting.md section 20). A version that was released and then rolled back is one change;
 * one that was released before the time range and rolled back in it counts too, so that no rollback is missing among the failed ones.
 * @param events oldest first
 */
export function countChanges(events: readonly ChangeEvent[]): ChangeCounts {
  const counts = { total: 0, failed: 0, rolledBack: 0 };
  /** The version that was released last at an endpoint and not rolled back since. */
  const current = new Map<string, { released: string; hasFailed: boolean }>();
  for (const { endpoint, kind, released, isRollout, hasIncident } of events) {
    if (kind === "released") {
      counts.total += 1;
      if (hasIncident) counts.failed += 1;
      current.set(endpoint, { released, hasFailed: hasIncident });
      continue;
    }
    counts.rolledBack += 1;
    const last = current.get(endpoint);
    // Most rollouts are rolled back before their version is released to all traffic.
    const undone = last && (!isRollout || last.released === released) ? last : undefined;
    if (undone) current.delete(endpoint);
    else counts.total += 1;
    if (!undone?.hasFailed) counts.failed += 1;
  }
  return counts;
}
