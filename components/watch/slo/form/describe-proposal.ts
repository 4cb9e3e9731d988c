import { formatDuration } from "#components/ui/format-time.ts";
import type { ViewLimitProposal } from "#server/watch/features/contract.ts";

/** Describes where a proposed limit comes from. */
export function describeProposal({ limitMs, lagMs, latenessMs }: ViewLimitProposal): string {
  if (limitMs === null || lagMs === null) return "Too little is known of this view yet. Try again in an hour.";
  const lag = `99% of minutes lagged by at most ${formatDuration(lagMs)}`;
  if (latenessMs === null) return `${lag}.`;
  return `${lag}; 99% of rows arrived within ${formatDuration(latenessMs)}.`;
}
