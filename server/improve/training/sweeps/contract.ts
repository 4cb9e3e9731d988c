import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { EndCause, JobSpec, JobState, Parameters } from "../contract.ts";
import { JobPriority } from "../jobs/contract.ts";

const Name = z.string().trim().min(1).max(200);
const Value = z.union([z.string().max(10_000), z.number(), z.boolean()]);

/** What a parameter may be. */
export const Dimension = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("values"), values: z.array(Value).min(1).max(1_000) }),
    z.strictObject({ kind: z.literal("integer"), min: z.int(), max: z.int(), log: z.boolean().default(false) }),
    z.strictObject({ kind: z.literal("number"), min: z.number(), max: z.number(), log: z.boolean().default(false) }),
  ])
  .superRefine((dimension, check) => {
    if (dimension.kind === "values") return;
    if (dimension.min > dimension.max) check.addIssue({ code: "custom", message: "The minimum is above the maximum." });
    if (dimension.log && dimension.min <= 0) {
      check.addIssue({ code: "custom", message: "On a log scale, the minimum is above 0." });
    }
  });
export type Dimension = z.infer<typeof Dimension>;

export const SweepSpace = boundedRecord(Name, Dimension, 50);
export type SweepSpace = z.infer<typeof SweepSpace>;

/** How trials end early: at step first · factor^k, the best 1/factor of those that came so far go on. */
export const Halving = z.strictObject({
  metric: Name,
  goal: z.enum(["min", "max"]),
  first: z.int().min(1),
  factor: z.number().min(2).max(100).default(3),
  /** Step from which a trial is no longer ended. */
  last: z.int().min(1),
});
export type Halving = z.infer<typeof Halving>;

export const maxTrials = 1_000;

/** What a sweep tries. */
export const SweepSpec = z.strictObject({
  kind: z.enum(["grid", "random"]),
  space: SweepSpace,
  seed: z.int().min(0).max(4_294_967_295).default(0),
  /** Trials of a random sweep. */
  trials: z.int().min(1).max(maxTrials).default(20),
  maxParallel: z.int().min(1).max(maxTrials).default(4),
  halving: Halving.nullable().default(null),
  metric: Name,
  goal: z.enum(["min", "max"]),
});
export type SweepSpec = z.infer<typeof SweepSpec>;

/** What a trial had reached at a rung, from 0; null for no finite number. */
export interface RungValue {
  trial: number;
  rung: number;
  value: number | null;
}

/** What each trial of a sweep runs, as it was found at the start: later changes of a template change nothing. */
export interface SweepJob {
  spec: JobSpec;
  template: { id: string; revision: number; name: string } | null;
  engineId: string;
  experiment: string;
  teamId: string | null;
  priority: "urgent" | "normal" | "low";
  submittedBy: { id: string; name: string };
}

export const StartSweep = z.object({
  name: Name,
  sweep: SweepSpec,
  /** Name of the engine; that of the template when left out. */
  engine: z.string().max(63).optional(),
  /** Name of a template, of which the sweep varies parameters. */
  template: z.string().max(200).optional(),
  /** Of a template: values of the parameters that do not vary. */
  parameters: Parameters.default({}),
  /** Without a template: what to run. */
  spec: JobSpec.optional(),
  experiment: Name.default("Training"),
  teamId: z.uuid().optional(),
  priority: JobPriority.default("normal"),
});
export type StartSweep = z.input<typeof StartSweep>;

export const StopSweep = z.object({ sweep: z.uuid(), reason: z.string().trim().max(2_000).default("") });
export type StopSweep = z.input<typeof StopSweep>;

/** How a trial that was ended early stood among those that had come to a step before it. */
export const Comparison = z.object({
  step: z.int(),
  /** Of the metric of halving; null for no finite number. */
  value: z.number().nullable(),
  /** From 1. */
  place: z.int(),
  /** Trials that had come to the step by then, itself included. */
  among: z.int(),
  /** How many of them went on. */
  kept: z.int(),
});
export type Comparison = z.infer<typeof Comparison>;

export const SweepTrial = z.object({
  trial: z.int(),
  jobId: z.string(),
  runId: z.string(),
  state: JobState,
  cause: EndCause.nullable(),
  /** Those that the sweep varies. */
  parameters: Parameters,
  /** Last value of the metric of the sweep; null where there is none, or it is no finite number. */
  metric: z.number().nullable(),
  /** Step at which it was not among those that went on; null for one that was not ended early. */
  endedAtStep: z.int().nullable(),
  /** Why it was ended early; null for one that was not. */
  comparison: Comparison.nullable(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type SweepTrial = z.infer<typeof SweepTrial>;

export const Sweep = z.object({
  id: z.uuid(),
  name: z.string(),
  spec: SweepSpec,
  state: z.enum(["running", "ended", "stopped"]),
  /** Why it was stopped; null for one that was not, or without a reason. */
  message: z.string().nullable(),
  runId: z.string().nullable(),
  /** Null when it was removed. */
  engine: z.string().nullable(),
  template: z.string().nullable(),
  /** Trials in all, and how many of them there are so far by state. */
  trials: z.int(),
  counts: z.object({ open: z.int(), finished: z.int(), endedEarly: z.int(), failed: z.int(), stopped: z.int() }),
  /** The finished trial with the best value of the metric; null while there is none. */
  best: SweepTrial.nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
});
export type Sweep = z.infer<typeof Sweep>;

const Importance = z.object({
  parameter: z.string(),
  /** Between 0 and 1; null where trials do not differ in it. */
  share: z.number().nullable(),
  /** Standard error of the share; null with it. */
  error: z.number().nullable(),
  /** Probability of a share at least as large without an effect; null with it. */
  p: z.number().nullable(),
  /** Where the metric is best: at a value, near a number, or towards one end of the scale; null where the share may be chance. */
  best: z
    .union([
      z.object({ at: z.union([z.string(), z.number(), z.boolean()]) }),
      z.object({ near: z.number() }),
      z.object({ towards: z.enum(["larger", "smaller"]) }),
    ])
    .nullable(),
});

export const SweepDetails = Sweep.extend({
  list: z.array(SweepTrial),
  experiment: z.string(),
  /** Parameters that do not vary. */
  fixed: Parameters,
  /** Steps at which trials are compared, how many came there, and how many of them went on. */
  rungs: z.array(z.object({ step: z.int(), came: z.int(), wentOn: z.int() })),
  /** How much of the differences of the metric each parameter explains, the greatest first; null for fewer than 20 trials with a value. */
  importance: z.array(Importance).nullable(),
});
export type SweepDetails = z.infer<typeof SweepDetails>;

export const ListSweeps = z.object({
  limit: z.int().min(1).max(200).default(50),
  /** Id of the last sweep of the page before. */
  before: z.uuid().optional(),
  /** Only those whose runs are in this experiment. */
  experimentId: z.coerce.number().int().optional(),
});
export type ListSweeps = z.input<typeof ListSweeps>;
