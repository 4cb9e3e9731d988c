import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { formatCount } from "#server/base/format-number.ts";

// Shapes of training jobs: what is wanted, what engines say, what a program's wrapper reports. docs/spec/training.md.

export const engineKinds = ["local", "ray", "kubernetes", "slurm"] as const;
export const EngineKind = z.enum(engineKinds);
export type EngineKind = z.infer<typeof EngineKind>;

const jobStates = ["waiting", "submitting", "running", "resuming", "finished", "failed", "stopped", "lost"] as const;
export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;
export const openJobStates = ["waiting", "submitting", "running", "resuming"] as const satisfies readonly JobState[];

/** Why an attempt, or a job, ended. docs/spec/training.md section 4. */
const endCauses = [
  "finished",
  "preempted",
  "cancelled",
  "budget",
  "time-limit",
  "out-of-memory",
  "failed",
  "never-started",
  "lost",
  "fenced",
] as const;
export const EndCause = z.enum(endCauses);
export type EndCause = z.infer<typeof EndCause>;

const Name = z.string().trim().min(1).max(200);
const Words = z.string().max(10_000);
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "A SHA-256 has 64 hexadecimal digits.");
/** What an environment variable and an engine's field may be called. */
const Key = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/);

export const Resources = z.strictObject({
  cores: z.number().positive().max(10_000).default(1),
  gpus: z.int().min(0).max(10_000).default(0),
  gpuKind: z.string().max(100).default(""),
  memoryBytes: z.int().min(0).max(1e15).default(0),
  /** Machines of a distributed run; each takes the resources above. */
  nodes: z.int().min(1).max(1_000).default(1),
  /** Whether machines that can be taken away are allowed. */
  spot: z.boolean().default(false),
});
export type Resources = z.infer<typeof Resources>;

export const JobLimits = z.strictObject({
  /** Hours of all attempts together. */
  hours: z.number().positive().max(10_000).default(24),
  /** Money in the workspace's currency; null: no limit of its own. */
  cost: z.number().positive().nullable().default(null),
  maxFailures: z.int().min(0).max(100).default(0),
  maxPreemptions: z.int().min(0).max(1_000).default(20),
  maxLosses: z.int().min(0).max(100).default(5),
  graceSeconds: z.int().min(5).max(3_600).default(30),
});
export type JobLimits = z.infer<typeof JobLimits>;

const ParameterValue = z.union([z.string().max(10_000), z.number(), z.boolean()]);
export const Parameters = boundedRecord(z.string().min(1).max(200), ParameterValue, 500);
export type Parameters = z.infer<typeof Parameters>;

/** What a job runs, wherever it runs. */
export const JobSpec = z.strictObject({
  /** Program and its arguments, without a shell. */
  command: z.array(z.string().max(10_000)).min(1, "Enter a command.").max(200),
  /** Container image; null where the engine has the program. */
  image: z.string().max(1_000).nullable().default(null),
  /** SHA-256 of the uploaded package (zip) that the command starts in; null for none. */
  packageKey: Sha256.nullable().default(null),
  parameters: Parameters.default({}),
  /** file: LEEWAY_PARAMS names a JSON file. arguments: `--name value` after the command. */
  parametersAs: z.enum(["file", "arguments"]).default("file"),
  environment: boundedRecord(Key, z.string().max(10_000), 500).default({}),
  seed: z.int().min(0).max(4_294_967_295).default(0),
  resources: Resources.prefault({}),
  /** Dataset versions by the name that the program knows them by. */
  datasets: boundedRecord(Name, z.uuid(), 100).default({}),
  /** Model versions that it works on, by a name: where what it registers comes from. Their files are in its package. */
  models: boundedRecord(Name, z.uuid(), 20).default({}),
  limits: JobLimits.prefault({}),
  /** Findings of the run's health that stop it at once. */
  stopOn: z
    .array(z.enum(["no-number", "exploding"]))
    .max(2)
    .default([]),
  checkpoints: z
    .strictObject({
      keepLast: z.int().min(1).max(100).default(3),
      /** Metric by which the best one is kept as well; null: none. */
      best: z
        .strictObject({ metric: Name, goal: z.enum(["min", "max"]) })
        .nullable()
        .default(null),
    })
    .prefault({}),
  /** The model that a finished job registers its logged model under; null: none. */
  registerAs: Name.nullable().default(null),
  /** Fields of an engine that Leeway does not know, merged into what is submitted: a Kubernetes Job, a TrainJob, a Slurm job. */
  engineFields: boundedRecord(z.string().max(1_000), z.unknown(), 1_000).default({}),
});
export type JobSpec = z.infer<typeof JobSpec>;

/** Kinds of training runtimes that Kubeflow Trainer has: of the cluster, of a namespace. */
export const runtimeKinds = ["ClusterTrainingRuntime", "TrainingRuntime"] as const;

/** A text that a form cannot leave out. */
const required = (message: string) => z.string(message).min(1, message);
const maxJobs = (limit: number) => {
  const message = `Enter a whole number from 1 to ${formatCount(limit)}.`;
  return z.int(message).min(1, message).max(limit, message);
};
const amountMessage = "Enter a number above 0, up to 10,000.";
const Amount = z.number(amountMessage).positive(amountMessage).max(10_000, amountMessage);

/** Settings of an engine, by kind. Secrets are kept apart. */
export const EngineSettings = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("local"),
    maxJobs: maxJobs(64).default(1),
    /** Null: half of the machine's. */
    cores: Amount.nullable().default(null),
    memoryBytes: z.int().positive().nullable().default(null),
    hours: Amount.default(24),
  }),
  z.strictObject({
    kind: z.literal("ray"),
    address: z.url("Enter the address of Ray’s dashboard, for example http://ray-head:8265.").max(2_000),
    maxJobs: maxJobs(1_000).default(16),
  }),
  z.strictObject({
    kind: z.literal("kubernetes"),
    namespace: z
      .string("Enter the namespace that jobs run in.")
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "Use lower-case letters, digits and hyphens."),
    /** LocalQueue of Kueue; "": none. */
    queue: z.string().max(253).default(""),
    image: z.string().max(1_000).default(""),
    /** Training runtime of Kubeflow Trainer, which jobs then are TrainJobs of; "": none, jobs are Jobs of Kubernetes. */
    runtime: z
      .string()
      .max(253)
      .regex(/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$/, "Use lower-case letters, digits, hyphens and dots.")
      .default(""),
    /** Whether all namespaces have that runtime, or this one. */
    runtimeKind: z.enum(runtimeKinds).default("ClusterTrainingRuntime"),
    maxJobs: maxJobs(1_000).default(16),
  }),
  z.strictObject({
    kind: z.literal("slurm"),
    address: z.url("Enter the address of slurmrestd, for example http://slurm:6820.").max(2_000),
    user: required("Enter the user that jobs run as.").max(100),
    partition: z.string().max(100).default(""),
    account: z.string().max(100).default(""),
    workingFolder: required("Enter a folder that all machines of the cluster share.").max(1_000),
    maxJobs: maxJobs(1_000).default(64),
  }),
]);
export type EngineSettings = z.infer<typeof EngineSettings>;

/** What an engine says of itself. */
export interface EngineDescription {
  version: string;
  /** Resource by name: what there is, and what is free where the engine says so. */
  capacity: Record<string, { total: number; free: number | null }>;
  queues: string[];
  features: { gracefulStop: boolean; requeues: boolean; gangs: boolean; arrays: boolean };
  /** Of `local`: the machine whose worker looks after its jobs. */
  machine?: string;
}

/** Names a job of an engine. Ids are used again, so the epoch belongs to it: session, cluster and submit time, or uid. */
export interface EngineHandle {
  id: string;
  epoch: string;
}

/** What an engine says of a job; it is a second witness beside the wrapper. */
export interface Seen {
  /** gone: the engine does not know it, which is no end. */
  state: "waiting" | "starting" | "running" | "ended" | "gone";
  code?: number | null;
  signal?: string | null;
  /** With "starting", "never-started": of its machines only some are there, and the engine has waited long enough for the others. */
  cause?: EndCause;
  /** Of a job on several machines: the one that ended first, unless that is rank 0, which says itself how it ended. */
  rank?: number;
  /** In the engine's words. */
  reason?: string;
  /** When the engine said so; of what is stored, when it first said the state that it has said since. */
  at: string;
}

export interface Heartbeat {
  seq: number;
  rssBytes: number | null;
  gpus: { name: string; usedBytes: number; totalBytes: number; utilisation: number | null }[];
  step: number | null;
  spoolBytes: number;
}

/** What a wrapper says of the end of its program. */
export interface EndReport {
  code: number | null;
  signal: string | null;
  /** Whether it forwarded a SIGTERM before. */
  wasTerminated: boolean;
  ranOutOfMemory: boolean;
  at: string;
}

export interface CheckpointFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

export interface StopRequest {
  cause: "cancelled" | "budget" | "time-limit" | "preempted" | "failed";
  reason: string;
  byName: string;
  at: string;
  /** Of "failed": whether the job may go on, as after a failure of its program. */
  mayRetry?: boolean;
}

/** Why a job waits, in words; the code is what decides. */
export interface WaitingReason {
  code: string;
  words: string;
  since: string;
}

/** The machine of an attempt, as the price book names it. */
export interface Machine {
  kind: string;
  gpuKind: string;
  isSpot: boolean;
}

/** A parameter that a submit may set. */
export const TemplateParameter = z.strictObject({
  name: z.string().min(1, "Enter a name.").max(200),
  kind: z.enum(["text", "number", "integer", "boolean", "choice"]),
  default: ParameterValue,
  choices: z.array(z.string().max(1_000)).max(100).default([]),
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  help: z.string().max(1_000).default(""),
});
export type TemplateParameter = z.infer<typeof TemplateParameter>;

/** What a template submits: a specification with its defaults, and what a submit may change. */
export const TemplateSpec = z.strictObject({
  job: JobSpec,
  parameters: z.array(TemplateParameter).max(100).default([]),
  engineId: z.uuid().nullable().default(null),
  isRehearsable: z.boolean().default(false),
});
export type TemplateSpec = z.infer<typeof TemplateSpec>;

/** What a wrapper found at the start of an attempt. Unknown is null, never a guess. docs/spec/training.md section 13. */
export const ReproducibilityRecord = z.strictObject({
  wrapper: z.string().max(64),
  command: z.array(Words).max(1_000),
  code: z
    .strictObject({
      commit: z.string().max(100).nullable(),
      branch: z.string().max(1_000).nullable(),
      remote: z.string().max(2_000).nullable(),
      /** Diff of what was not committed, at most 1 MB; null where there is none, or it is larger. */
      diff: z.string().max(1_100_000).nullable(),
      diffSha256: z.string().max(64).nullable(),
      diffBytes: z.int().min(0).nullable(),
      packageSha256: z.string().max(64).nullable(),
    })
    .nullable(),
  environment: z.strictObject({
    python: z.string().max(100).nullable(),
    packages: z.array(z.string().max(1_000)).max(5_000),
    lockFiles: boundedRecord(z.string().max(1_000), z.string().max(64), 100),
    cuda: z.string().max(100).nullable(),
    driver: z.string().max(100).nullable(),
    variables: boundedRecord(z.string().max(200), z.string().max(10_000), 2_000),
  }),
  hardware: z.strictObject({
    cpu: z.string().max(500).nullable(),
    cores: z.int().min(0).nullable(),
    memoryBytes: z.int().min(0).nullable(),
    gpus: z.array(z.string().max(200)).max(1_000),
    node: z.string().max(500).nullable(),
  }),
  seed: z.int().nullable(),
  determinism: boundedRecord(z.string().max(100), z.string().max(200), 100),
  datasets: boundedRecord(z.string().max(200), z.string().max(200), 100),
});
export type ReproducibilityRecord = z.infer<typeof ReproducibilityRecord>;
