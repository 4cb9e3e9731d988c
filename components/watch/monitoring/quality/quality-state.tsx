import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { QualityState } from "#server/watch/monitoring/quality/metrics/contract.ts";
import { stateBadges } from "./quality-text.ts";

/** What an endpoint's quality is judged to be, in a word. */
export function QualityBadge({ state, filled }: { state: QualityState; filled?: boolean }) {
  const badge = stateBadges[state];
  return (
    <StatusBadge state={badge.state} filled={filled ?? false}>
      {badge.word}
    </StatusBadge>
  );
}
