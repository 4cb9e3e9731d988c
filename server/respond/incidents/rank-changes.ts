import { minuteMs } from "#server/base/durations.ts";
import type { Change, ChangeKind } from "#server/respond/changes/contract.ts";

/** How often what kind of change is behind an incident, as weights; what never breaks an answer by itself has none. */
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
/** What an indicator counts as its first bad minute begins up to a minute before what broke it was recorded. */
const graceMs = 90_000;
/** What names one of the segments that went bad is so much likelier. */
const overlapFactor = 3;

export interface RankedChange {
  change: Change;
  /** Between 0 and 1 without, up to 3 with a segment that it names. */
  score: number;
  /** Milliseconds from the change to the start; negative where it came after. */
  beforeStartMs: number;
}

/**
 * Changes that could have begun an incident, likeliest first: by how long before the start they were made, what kind they are, and
 * whether they name a segment that went bad (docs/spec/alerting.md section 21, point 6). Those after the start are left out.
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
