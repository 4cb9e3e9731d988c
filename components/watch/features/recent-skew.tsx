import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RecentSkew as Recent } from "#server/watch/features/skew/contract.ts";

/** Renders the share of mismatches by which alerts go. */
export function RecentShare({ recent }: { recent: Recent | null | undefined }) {
  if (!recent) return noValue;
  const share = <span title={describeRecent(recent)}>{shareOf(recent)}</span>;
  return recent.isAboveLimit ? <StatusBadge state="missed">{share}</StatusBadge> : share;
}

/** Renders the same for the feature of a view that differs most, as a state of the view. */
export function RecentBadge({ recent, name }: { recent: Recent | null; name: string }) {
  const state = recent ? (recent.isAboveLimit ? "missed" : "on-target") : "no-data";
  return (
    <StatusBadge state={state}>
      <span title={recent ? describeRecent(recent) : undefined}>
        {name} {recent ? shareOf(recent) : noValue}
      </span>
    </StatusBadge>
  );
}

/** Says of what a share is. */
function describeRecent({ feature, endpoint, mismatched, compared, hours }: Recent): string {
  const at = endpoint ?? "an endpoint that was deleted";
  return `${feature} at ${at}: ${formatCount(mismatched)} of ${formatCount(compared)} values in the last ${hours} hours`;
}

function shareOf({ mismatched, share }: Recent): string {
  return mismatched === 0 ? "0" : formatPercent(share);
}
