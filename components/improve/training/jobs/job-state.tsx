import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { JobState as State } from "#server/improve/training/contract.ts";
import { jobStateLabels } from "./job-labels.ts";

/** Shows the state of a training job. */
export function JobState({ state, filled }: { state: State; filled?: boolean }) {
  const { state: shape, word } = jobStateLabels[state];
  return (
    <StatusBadge state={shape} filled={filled ?? false}>
      {word}
    </StatusBadge>
  );
}
