import { z } from "zod";
import { JobSpec, type JobState, Parameters } from "../contract.ts";
import { JobPriority } from "../jobs/contract.ts";

const Name = z.string().trim().min(1).max(200);

export const RerunJob = z.object({
  job: z.string().max(64),
  /** The same specification, seed, data and engine; nothing else may be given then. */
  exact: z.boolean(),
  name: Name.optional(),
  /** What to run instead; that of the job when left out. */
  spec: JobSpec.optional(),
  /** Parameters that change; the others stay. */
  parameters: Parameters.optional(),
  engine: z.string().max(63).optional(),
  teamId: z.uuid().optional(),
  priority: JobPriority.optional(),
});
export type RerunJob = z.input<typeof RerunJob>;

export const RerunCheck = z.object({
  /** What an exact re-run needs and is no longer there, in words. */
  gone: z.array(z.string()),
  /** What Leeway cannot check, in words. */
  unchecked: z.array(z.string()),
});
export type RerunCheck = z.infer<typeof RerunCheck>;

export const Verdict = z.enum([
  "bit-equal",
  "equal-metrics",
  "within-noise",
  "not-enough-repeats",
  "differs",
  "nothing-to-compare",
]);
export type Verdict = z.infer<typeof Verdict>;

export const MetricVerdict = z.object({
  key: z.string(),
  /** Null where it was not logged, or is no finite number. */
  original: z.number().nullable(),
  rerun: z.number().nullable(),
  /** Standard deviation of the repeats; null with fewer than 3. */
  spread: z.number().nullable(),
  verdict: z.enum(["equal", "within-noise", "not-enough-repeats", "differs"]),
});
export type MetricVerdict = z.infer<typeof MetricVerdict>;

export const RecordDifference = z.object({
  part: z.enum([
    "code",
    "command",
    "parameters",
    "seed",
    "data",
    "image",
    "resources",
    "packages",
    "environment",
    "determinism",
    "hardware",
    "attempts",
  ]),
  /** What of it, such as the name of a package or a parameter. */
  name: z.string(),
  original: z.string().nullable(),
  rerun: z.string().nullable(),
});
export type RecordDifference = z.infer<typeof RecordDifference>;

export const Reproducibility = z.object({
  /** The job that this one repeats or changes. */
  original: z.string(),
  isExact: z.boolean(),
  verdict: Verdict,
  /** What was compared by SHA-256; null where one of both kept none of it. */
  files: z.object({ kind: z.enum(["model", "checkpoint"]), count: z.int(), different: z.array(z.string()) }).nullable(),
  metrics: z.array(MetricVerdict),
  /** Other exact re-runs of the original that have finished. */
  repeats: z.int(),
  /** Null where one of both has no record of its start. */
  differences: z.array(RecordDifference).nullable(),
});
export type Reproducibility = z.infer<typeof Reproducibility>;

/** A job that repeats or changes another one. */
export interface Rerun {
  id: string;
  name: string;
  state: JobState;
  isExact: boolean;
  submittedAt: Date;
  /** Of an exact one, once both have finished. */
  verdict: Verdict | null;
}
