import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Sweep } from "#server/improve/training/sweeps/contract.ts";
import { sweepStateLabels } from "./sweep-text.ts";

/** Shows the state of a sweep. */
export function SweepState({ state, filled }: { state: Sweep["state"]; filled?: boolean }) {
  const { state: shape, word } = sweepStateLabels[state];
  return (
    <StatusBadge state={shape} filled={filled ?? false}>
      {word}
    </StatusBadge>
  );
}
