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

/** The word of a state, as tabs and badges say it. */
export const stateWord = (state: TaskState): string => badges[state][1];

/** How a task stands. */
export function TaskStateBadge({ state, filled }: { state: TaskState; filled?: boolean }) {
  const [shape, word] = badges[state];
  return (
    <StatusBadge state={shape} filled={filled ?? false}>
      {word}
    </StatusBadge>
  );
}
