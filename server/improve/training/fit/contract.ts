import type { JobSpec } from "../contract.ts";

/** Whether an engine can run a job, and when. */
export interface EngineFit {
  id: string;
  name: string;
  kind: string;
  /** Why it cannot run it, in words; null where it can. */
  problem: string | null;
  /** When it would start, in words. */
  starts: string;
  /** Whether it does not answer now. */
  isSilent: boolean;
  running: number;
  maxJobs: number;
}

/** What a job would take. */
export interface JobPreview {
  engines: EngineFit[];
  /** What it is expected to take at most; null where a price is missing. */
  estimate: number | null;
  /** What its hours cost at most; null where a price is missing. */
  max: number | null;
  currency: string | null;
  /** Finished jobs of the template that the estimate rests on. */
  earlierJobs: number;
  budgets: { amount: string; left: string; month: string; isOver: boolean }[];
}

/** What a sweep would take. Costs are those of all its trials. */
export interface SweepPreview extends JobPreview {
  trials: number;
  /** Of each trial: its machines and limits. */
  spec: JobSpec;
  /** Trials that run at once: as many as were asked for, and the engine takes. */
  parallel: number;
  hours: SweepHours;
  /** Steps at which trials are compared. */
  rungs: number[];
}

export interface SweepHours {
  /** Until the last trial has ended, if all reach their limit of hours. */
  max: number;
  /** The same, if each takes as long as 4 in 5 of the earlier jobs; null without any. */
  usual: number | null;
}
