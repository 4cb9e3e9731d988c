import { dayMs, minuteMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import type { JobState } from "../contract.ts";

/** Time without a checkpoint after which a running job is worth a look. */
export const unsavedMs = 50 * minuteMs;

/**
 * Says why someone should look at a job: it failed or was lost within a day, or it has run for long without saving. Times are milliseconds
 * since 1970. docs/spec/training.md section 16.
 * @param savedAt of the newest checkpoint of the job
 * @returns null where nobody needs to
 */
export function needsAttention(
  {
    state,
    endedAt,
    runsSince,
    savedAt,
  }: { state: JobState; endedAt: number | null; runsSince: number | null; savedAt: number | null },
  now: number,
): string | null {
  if (state === "failed" || state === "lost") {
    return endedAt !== null && now - endedAt <= dayMs ? (state === "failed" ? "It failed." : "It was lost.") : null;
  }
  if (state !== "running" || runsSince === null) return null;
  const since = Math.max(runsSince, savedAt ?? 0);
  return now - since >= unsavedMs ? `No checkpoint for ${formatDuration(now - since)}.` : null;
}
