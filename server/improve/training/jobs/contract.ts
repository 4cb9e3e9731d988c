import { z } from "zod";
import { EndCause, JobSpec, JobState, Parameters, type StopRequest, type WaitingReason } from "../contract.ts";

const Name = z.string().trim().min(1, "Enter a name.").max(200);
export const JobPriority = z.enum(["urgent", "normal", "low"]);

export const SubmitJob = z.object({
  /** The template's name and a number when left out. */
  name: Name.optional(),
  /** Name of the engine; that of the template when left out. */
  engine: z.string().max(63).optional(),
  /** Name of a template; its specification is taken, and `spec` changes nothing in it. */
  template: z.string().max(200).optional(),
  /** Of a template: values of its parameters. */
  parameters: Parameters.default({}),
  /** Without a template: what to run. */
  spec: JobSpec.optional(),
  /** Name of the experiment that its run belongs to; created if there is none. */
  experiment: Name.default("Training"),
  parentRunId: z.string().max(64).optional(),
  /** Job that this one changes: both lead to each other, and are compared when they have finished. */
  rerunOf: z.string().max(64).optional(),
  teamId: z.uuid().optional(),
  priority: JobPriority.default("normal"),
});
export type SubmitJob = z.input<typeof SubmitJob>;

export const StopJob = z.object({ job: z.string(), reason: z.string().trim().max(2_000).default("") });
export type StopJob = z.input<typeof StopJob>;

export const TrainingJob = z.object({
  id: z.string(),
  name: z.string(),
  /** Null when it was removed. */
  engine: z.string().nullable(),
  template: z.string().nullable(),
  sweepId: z.uuid().nullable(),
  trial: z.int().nullable(),
  rerunOf: z.string().nullable(),
  isExactRerun: z.boolean(),
  runId: z.string(),
  teamId: z.uuid().nullable(),
  priority: JobPriority,
  state: JobState,
  waiting: z.custom<WaitingReason>().nullable(),
  cause: EndCause.nullable(),
  message: z.string().nullable(),
  stopRequest: z.custom<StopRequest>().nullable(),
  preemptions: z.int(),
  losses: z.int(),
  failures: z.int(),
  /** Money that it was expected to take at most at its submit; null without a price. */
  estimate: z.number().nullable(),
  currency: z.string().nullable(),
  submittedBy: z.string(),
  submittedAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type TrainingJob = z.infer<typeof TrainingJob>;

const TrainingAttempt = z.object({
  number: z.int(),
  state: z.enum(["launched", "started", "running", "stopping", "ended"]),
  host: z.string(),
  launchedAt: z.date(),
  startedAt: z.date().nullable(),
  heartbeatAt: z.date().nullable(),
  endedAt: z.date().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  cause: EndCause.nullable(),
  message: z.string().nullable(),
  fromStep: z.number().nullable(),
  lastStep: z.number().nullable(),
  logBytes: z.number(),
  logDropped: z.number(),
  tornCheckpoints: z.int(),
});

export const TrainingJobDetails = TrainingJob.extend({
  spec: JobSpec,
  attempts: z.array(TrainingAttempt),
  /** What its attempts took so far: time in which it waited costs nothing. Null without a price. */
  hours: z.number(),
  cost: z.number().nullable(),
  /** Currency of the cost, which may be another one than that of the estimate. */
  costCurrency: z.string().nullable(),
});
export type TrainingJobDetails = z.infer<typeof TrainingJobDetails>;

export const ListJobs = z.object({
  state: z.enum(["open", "ended", "all"]).default("all"),
  /** Part of the name or the id. */
  search: z.string().max(200).default(""),
  sweepId: z.uuid().optional(),
  limit: z.int().min(1).max(500).default(100),
  /** Id of the last job of the page before. */
  before: z.string().max(64).optional(),
});
export type ListJobs = z.input<typeof ListJobs>;
