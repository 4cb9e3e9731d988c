import { z } from "zod";
import type { EndCause, JobSpec } from "../contract.ts";
import type { TrainingJob } from "../jobs/contract.ts";

export const jobFilters = ["all", "queued", "running", "attention", "ended"] as const;
export const JobFilter = z.enum(jobFilters);
export type JobFilter = z.infer<typeof JobFilter>;

export const ListJobsOverview = z.object({
  show: JobFilter.default("all"),
  /** Part of the name, the id, the template or the engine; upper and lower case are the same. */
  search: z.string().max(200).default(""),
  /** Ended jobs at most. */
  limit: z.int().min(1).max(500).default(20),
});
export type ListJobsOverview = z.input<typeof ListJobsOverview>;

/** A job in a list, with what became of it so far. */
export interface JobListRow extends TrainingJob {
  /** Place in the order in which waiting jobs start, from 1; null for others. */
  place: number | null;
  attempts: { number: number; cause: EndCause | null; startedAt: Date | null; endedAt: Date | null }[];
  /** Highest step that was logged; null where none was. */
  lastStep: number | null;
  parameters: JobSpec["parameters"];
  limits: JobSpec["limits"];
  hours: number;
  cost: number | null;
  costCurrency: string | null;
  /** Why someone should look at it, in words; null where nobody needs to. */
  attention: string | null;
  /** Of its newest checkpoint. */
  checkpointAt: Date | null;
}

export interface JobCounts {
  all: number;
  queued: number;
  running: number;
  /** In the last 24 hours. */
  ended: number;
}

/** What running jobs use of an engine, as Leeway knows it. */
export interface EngineUse {
  jobs: number;
  cores: number;
  gpus: number;
}
