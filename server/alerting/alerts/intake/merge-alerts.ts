import type { Episode } from "./validate-alert.ts";

/**
 * Merges an alert with a repeated post (docs/spec/alerting.md section 2; Alertmanager provider/mem/mem.go and alert/alert.go).
 * Overlapping episodes are one; otherwise the new one replaces the old.
 * @param now milliseconds since 1970, to determine which of them is over
 */
export function mergeAlerts(old: Episode, posted: Episode, now: number): Episode {
  if (!overlap(old, posted)) return posted;
  const [later, earlier] = posted.updatedAt < old.updatedAt ? [old, posted] : [posted, old];
  const merged = { ...later, startsAt: Math.min(later.startsAt, earlier.startsAt) };
  const hasEnded = later.endsAt <= now;
  const takesEnd = hasEnded ? earlier.endsAt <= now : !earlier.isTimeout;
  if (takesEnd && earlier.endsAt > later.endsAt) return { ...merged, endsAt: earlier.endsAt };
  return merged;
}

function overlap(old: Episode, posted: Episode): boolean {
  const isInside = (time: number) => time > old.startsAt && time < old.endsAt;
  return isInside(posted.endsAt) || isInside(posted.startsAt);
}
