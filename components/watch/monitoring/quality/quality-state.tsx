import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { QualityState } from "#server/watch/monitoring/quality/metrics/contract.ts";
import { stateBadges } from "./quality-text.ts";

/** What an endpoint's quality is judged to be, in a word. */
export function QualityBadge({ state, filled }: { state: QualityState; filled?: boolean }) {
  const look = stateBadges[state];
  return (
    <StatusBadge state={look.state} filled={filled ?? false}>
      {look.word}
    </StatusBadge>
  );
}
