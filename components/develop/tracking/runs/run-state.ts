import type { State } from "#components/ui/status-shape.tsx";
import { silentAfterMs } from "#server/develop/tracking/runs/constants.ts";
import type { RunStatus } from "#server/develop/tracking/runs/contract.ts";

export interface RunStateOf {
  status: RunStatus;
  /** Time of the last write, in epoch milliseconds. */
  updatedAt: number;
}

const badges: Record<RunStatus, { state: State; word: string }> = {
  RUNNING: { state: "running", word: "Running" },
  SCHEDULED: { state: "not-started", word: "Scheduled" },
  FINISHED: { state: "finished", word: "Finished" },
  FAILED: { state: "missed", word: "Failed" },
  KILLED: { state: "paused", word: "Stopped" },
};

/** Returns whether a run was never ended and has written nothing for so long that it may be dead. */
export function isSilent({ status, updatedAt }: RunStateOf, now: number): boolean {
  return status === "RUNNING" && now - updatedAt > silentAfterMs;
}

/** Returns the icon and label of a run's state; a running one without updates has no heartbeat. */
export function runState(run: RunStateOf, now: number): { state: State; word: string } {
  return isSilent(run, now) ? { state: "no-data", word: "No heartbeat" } : badges[run.status];
}
