import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RetrainingCycle } from "#server/improve/retraining/cycles/contract.ts";
import { cycleStateLabels, describeState } from "./cycle-text.ts";

type Props = Pick<RetrainingCycle, "state" | "rejectedAt"> & { filled?: boolean };

/** Shows the state of a cycle. */
export function CycleState({ state, rejectedAt, filled }: Props) {
  return (
    <StatusBadge state={cycleStateLabels[state].state} filled={filled ?? false}>
      {describeState({ state, rejectedAt })}
    </StatusBadge>
  );
}
