import type { State } from "#components/ui/status-shape.tsx";

type WorkState = "waiting" | "running" | "held" | "done" | "failed" | "cancelled";

/** Shape and word of a training set or a materialisation. */
export const workStates: Record<WorkState, { state: State; word: string }> = {
  waiting: { state: "not-started", word: "Queued" },
  running: { state: "running", word: "Running" },
  held: { state: "paused", word: "On hold" },
  done: { state: "finished", word: "Finished" },
  failed: { state: "missed", word: "Failed" },
  cancelled: { state: "paused", word: "Cancelled" },
};

/** Returns whether work has not ended. */
export function isInProgress({ state }: { state: WorkState }): boolean {
  return state === "waiting" || state === "running";
}
