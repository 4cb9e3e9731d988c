import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { TaskState } from "#server/serve/tasks/contract.ts";

const badges: Record<TaskState, [State, string]> = {
  queued: ["not-started", "Queued"],
  running: ["running", "Running"],
  succeeded: ["on-target", "Succeeded"],
  failed: ["missed", "Failed"],
  cancelled: ["paused", "Cancelled"],
  expired: ["watch", "Expired"],
};

/** Returns the label of a state for tabs and badges. */
export const stateWord = (state: TaskState): string => badges[state][1];

/** Shows the state of a task. */
export function TaskStateBadge({ state, filled }: { state: TaskState; filled?: boolean }) {
  const [shape, word] = badges[state];
  return (
    <StatusBadge state={shape} filled={filled ?? false}>
      {word}
    </StatusBadge>
  );
}
