/** Whether an engine can run a job, and when. */
export interface EngineFit {
  id: string;
  name: string;
  kind: string;
  /** Why it cannot run it, in words; null where it can. */
  problem: string | null;
  /** When it would start, in words. */
  starts: string;
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
