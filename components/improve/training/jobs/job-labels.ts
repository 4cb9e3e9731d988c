import type { State } from "#components/ui/status-shape.tsx";
import type { EndCause, EngineKind, JobState } from "#server/improve/training/contract.ts";

/** Icon and word of each state of a job. */
export const jobStateLabels: Readonly<Record<JobState, { state: State; word: string }>> = {
  waiting: { state: "not-started", word: "Queued" },
  submitting: { state: "running", word: "Starting" },
  running: { state: "running", word: "Running" },
  resuming: { state: "running", word: "Resuming" },
  finished: { state: "finished", word: "Finished" },
  failed: { state: "missed", word: "Failed" },
  stopped: { state: "paused", word: "Stopped" },
  lost: { state: "no-data", word: "Lost" },
};

/** How an attempt ended, in words. */
export const endLabels: Readonly<Record<EndCause, string>> = {
  finished: "finished",
  preempted: "preempted",
  cancelled: "stopped",
  budget: "reached its cost limit",
  "time-limit": "reached its time limit",
  "out-of-memory": "out of memory",
  failed: "failed",
  "never-started": "never started",
  lost: "lost",
  fenced: "fenced",
};

export const engineKindLabels: Readonly<Record<EngineKind, string>> = {
  local: "this machine",
  ray: "Ray",
  kubernetes: "Kubernetes",
  slurm: "Slurm",
};
