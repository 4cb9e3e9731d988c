import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { QualityState } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { stateBadges } from "./quality-text.ts";

/** Shows the quality state of an endpoint in one word. */
export function QualityBadge({ state, filled }: { state: QualityState; filled?: boolean }) {
  const badge = stateBadges[state];
  return (
    <StatusBadge state={badge.state} filled={filled ?? false}>
      {badge.word}
    </StatusBadge>
  );
}
