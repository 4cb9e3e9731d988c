import { z } from "zod";
import type { EndCause, JobSpec } from "../contract.ts";
import type { TrainingJob } from "../jobs/contract.ts";
import type { Sweep } from "../sweeps/contract.ts";

export const jobFilters = ["all", "queued", "running", "attention", "ended"] as const;
export const JobFilter = z.enum(jobFilters);
export type JobFilter = z.infer<typeof JobFilter>;

/** When the last row of a page ended, to the microsecond, and its id. */
export const OverviewCursor = z
  .string()
  .regex(/^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z~[0-9a-z-]{1,100}$/)
  .refine(isMoment, "Not a page of the list.");

/** Whether a cursor begins with a time that there is: Postgres refuses 31 February. */
function isMoment(cursor: string): boolean {
  const at = new Date(cursor.slice(0, 27));
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 19) === cursor.slice(0, 19);
}

export const ListJobsOverview = z.object({
  show: JobFilter.default("all"),
  /** Part of the name, the id, the template or the engine; upper and lower case are the same. */
  search: z.string().max(200).default(""),
  /** Ended rows at most. */
  limit: z.int().min(1).max(500).default(50),
  /** `next` of the page before; the open rows are on the first page only. */
  before: OverviewCursor.optional(),
});
export type ListJobsOverview = z.input<typeof ListJobsOverview>;

/** A job in a list, with what became of it so far. */
export interface JobListRow extends TrainingJob {
  kind: "job";
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

/** A sweep in a list of jobs: one row for all of its trials. */
export interface SweepListRow extends Sweep {
  kind: "sweep";
  /** Where it stands in the list: a sweep that was stopped is open as long as a trial is. */
  group: "queued" | "running" | "ended";
  /** Place of the trial that starts first among waiting jobs; null where none waits. */
  place: number | null;
  /** Starts of all trials. */
  attempts: number;
  hours: number;
  cost: number | null;
  costCurrency: string | null;
  /** How many of its trials someone should look at, in words; null where nobody needs to. */
  attention: string | null;
}

export type OverviewRow = JobListRow | SweepListRow;

export interface JobsOverview {
  /** Open rows, then a page of those that ended, newest first. Trials are in the row of their sweep, unless only they match. */
  rows: OverviewRow[];
  /** Ended rows on all pages. */
  ended: number;
  /** `before` of the next page; null on the last one. */
  next: string | null;
  /** Jobs, each trial for itself. */
  counts: JobCounts;
  /** Rows of the whole workspace; those that need attention are jobs. */
  rowCounts: { all: number; queued: number; running: number; attention: number };
  uses: Map<string, EngineUse>;
}

export interface JobCounts {
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
