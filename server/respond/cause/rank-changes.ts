import { minuteMs } from "#server/base/durations.ts";
import type { Change, ChangeKind } from "#server/respond/changes/contract.ts";

/** Weights for how often each kind of change causes an incident; kinds that never affect a prediction directly have none. */
const weights: Record<ChangeKind, number> = {
  deploy: 1,
  rollout: 1,
  rollback: 0.5,
  config: 0.7,
  data: 0.7,
  schema: 0.8,
  flag: 0.8,
  freeze: 0,
};
/** After so long a change is half as likely. */
const halfLifeMs = 20 * minuteMs;
/** Tolerance for a change recorded after the start: the first bad minute starts up to a minute before its cause was recorded. */
const graceMs = 90_000;
/** Factor by which a change that names one of the affected segments is more likely. */
const overlapFactor = 3;

export interface RankedChange {
  change: Change;
  /** Between 0 and 1 without, up to 3 with a segment that it names. */
  score: number;
  /** Milliseconds from the change to the start; negative if the change came later. */
  beforeStartMs: number;
}

/**
 * Ranks changes that could have caused an incident, likeliest first: by the time before the start, by their kind, and by whether they
 * concern a degraded segment (docs/spec/alerting.md section 21, point 6). Changes after the start are left out.
 */
export function rankChanges(
  changes: readonly Change[],
  { startedAt, segments = [] }: { startedAt: number; segments?: readonly string[] },
): RankedChange[] {
  return changes
    .map((change) => {
      const beforeStartMs = startedAt - change.at.getTime();
      const text = `${change.title} ${change.before ?? ""} ${change.after ?? ""}`.toLowerCase();
      const overlaps = segments.some((segment) => text.includes(segment.toLowerCase()));
      const nearness = 2 ** -(Math.max(0, beforeStartMs) / halfLifeMs);
      return { change, beforeStartMs, score: weights[change.kind] * nearness * (overlaps ? overlapFactor : 1) };
    })
    .filter(({ beforeStartMs, score }) => beforeStartMs >= -graceMs && score > 0)
    .sort((one, other) => other.score - one.score || one.beforeStartMs - other.beforeStartMs);
}
