import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { CheckState } from "#server/watch/monitoring/integrity/contract.ts";

const shown: Record<CheckState, { state: State; words: string }> = {
  broken: { state: "missed", words: "Failing" },
  small: { state: "watch", words: "Different" },
  whole: { state: "on-target", words: "OK" },
  unknown: { state: "no-data", words: "Unknown" },
};

/** Shows the state of a data check: shape, word and colour. */
export function CheckStateBadge({ state, filled }: { state: CheckState; filled?: boolean }) {
  return (
    <StatusBadge state={shown[state].state} filled={filled ?? false}>
      {shown[state].words}
    </StatusBadge>
  );
}
