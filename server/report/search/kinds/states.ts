import type { RetrainingCycleState } from "#server/improve/retraining/cycles/states.ts";
import type { JobState } from "#server/improve/training/contract.ts";
import type { StateTable } from "./kind.ts";

// The words and shapes of docs/spec/design.md, as the pages of these things show them.

export const runStates: StateTable<"RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED"> = {
  RUNNING: { shape: "running", word: "Running" },
  SCHEDULED: { shape: "not-started", word: "Scheduled" },
  FINISHED: { shape: "finished", word: "Finished" },
  FAILED: { shape: "missed", word: "Failed" },
  KILLED: { shape: "paused", word: "Stopped" },
};

export const workStates: StateTable<"waiting" | "running" | "done" | "failed" | "cancelled"> = {
  waiting: { shape: "not-started", word: "Queued" },
  running: { shape: "running", word: "Running" },
  done: { shape: "finished", word: "Finished" },
  failed: { shape: "missed", word: "Failed" },
  cancelled: { shape: "paused", word: "Cancelled" },
};

export const jobStates: StateTable<JobState> = {
  waiting: { shape: "not-started", word: "Queued" },
  submitting: { shape: "running", word: "Starting" },
  running: { shape: "running", word: "Running" },
  resuming: { shape: "running", word: "Resuming" },
  finished: { shape: "finished", word: "Finished" },
  failed: { shape: "missed", word: "Failed" },
  stopped: { shape: "paused", word: "Stopped" },
  lost: { shape: "no-data", word: "Lost" },
};

export const sweepStates: StateTable<"running" | "ended" | "stopped"> = {
  running: { shape: "running", word: "Running" },
  ended: { shape: "finished", word: "Ended" },
  stopped: { shape: "paused", word: "Stopped" },
};

export const cycleStates: StateTable<RetrainingCycleState> = {
  requested: { shape: "running", word: "Requested" },
  "checking-data": { shape: "running", word: "Checking data" },
  training: { shape: "running", word: "Training" },
  evaluating: { shape: "running", word: "Evaluating" },
  gating: { shape: "running", word: "At the gates" },
  approving: { shape: "watch", word: "Awaiting approval" },
  "rolling-out": { shape: "running", word: "In canary" },
  adopted: { shape: "finished", word: "Adopted" },
  rejected: { shape: "missed", word: "Rejected" },
  cancelled: { shape: "paused", word: "Cancelled" },
  expired: { shape: "no-data", word: "Expired" },
  superseded: { shape: "no-data", word: "Superseded" },
};

export const incidentStates: StateTable<
  "triage" | "active" | "mitigated" | "resolved" | "closed" | "cancelled" | "merged"
> = {
  triage: { shape: "watch", word: "In triage" },
  active: { shape: "missed", word: "Active" },
  mitigated: { shape: "running", word: "Mitigated" },
  resolved: { shape: "on-target", word: "Resolved" },
  closed: { shape: "finished", word: "Closed" },
  cancelled: { shape: "no-data", word: "Cancelled" },
  merged: { shape: "finished", word: "Merged" },
};

/** What there is to do about an open incident. */
export const stageStates: StateTable<"act" | "watch" | "resolve"> = {
  act: { shape: "missed", word: "Act" },
  watch: { shape: "running", word: "Watch recovery" },
  resolve: { shape: "not-started", word: "Resolve" },
};

export const gameDayStates: StateTable<"planned" | "running" | "ended" | "aborted" | "skipped"> = {
  planned: { shape: "not-started", word: "Planned" },
  running: { shape: "running", word: "Running" },
  ended: { shape: "finished", word: "Ended" },
  aborted: { shape: "paused", word: "Aborted" },
  skipped: { shape: "no-data", word: "Skipped" },
};

export const silenceStates: StateTable<"active" | "pending" | "expired"> = {
  active: { shape: "paused", word: "Active" },
  pending: { shape: "not-started", word: "Pending" },
  expired: { shape: "finished", word: "Expired" },
};

export const endpointShapes: Readonly<
  Record<
    "failing" | "recovering" | "degraded" | "starting" | "silenced" | "stopped" | "no-traffic" | "no-slo" | "healthy",
    StateTable<string>[string]["shape"]
  >
> = {
  failing: "missed",
  recovering: "running",
  degraded: "watch",
  starting: "running",
  silenced: "paused",
  stopped: "paused",
  "no-traffic": "no-data",
  "no-slo": "no-data",
  healthy: "on-target",
};
