import type { Heartbeat, Machine, ReproducibilityRecord } from "../contract.ts";

/** What an attempt lost to the one after it. */
interface AttemptLoss {
  /** Number of the attempt that ended. */
  attempt: number;
  /** Null where no step was logged. */
  steps: number | null;
  seconds: number;
  /** Seconds until the next attempt started. */
  waitedSeconds: number;
}

/** What interrupted a job, what that cost, and how it was run. */
export interface JobHistory {
  attempts: {
    number: number;
    /** Id of the checkpoint that it began with; null from the start. */
    resumedFrom: string | null;
    /** Since when its heartbeats are missing. */
    silentSince: Date | null;
    heartbeat: Heartbeat | null;
    machine: Machine | null;
  }[];
  losses: AttemptLoss[];
  lostSeconds: number;
  /** Null where no attempt logged a step. */
  lostSteps: number | null;
  /** Seconds in which it waited: before its first attempt, and between attempts. */
  queuedSeconds: number;
  /** Money that spot machines saved; null where it ran on none, or a price is missing. */
  spotSaved: { amount: number; currency: string } | null;
  /** Seconds between two checkpoints of an attempt, on average; null with fewer than two. */
  intervalSeconds: number | null;
  /** How often it should save instead. */
  advice: { seconds: number; message: string } | null;
  /** Dataset versions by the name that the program knows them by; null for one that was deleted. */
  datasets: { name: string; version: { dataset: string; digest: string } | null }[];
  /** Of the newest attempt that sent one, without the diff. */
  record: ReproducibilityRecord | null;
}
