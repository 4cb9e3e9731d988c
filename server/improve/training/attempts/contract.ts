import { z } from "zod";
import { Parameters, ReproducibilityRecord } from "../contract.ts";

/** What a wrapper says when it starts. */
export const StartLaunch = z.object({
  host: z.string().max(500).default(""),
  pid: z.int().min(0).default(0),
  podUid: z.string().max(100).optional(),
  restartCount: z.int().min(0).optional(),
  node: z.string().max(500).optional(),
  record: ReproducibilityRecord.optional(),
});
export type StartLaunch = z.input<typeof StartLaunch>;

/** What the wrapper on another machine of a launch says: the first one, of rank 0, starts the attempt. */
export const JoinLaunch = z.object({ rank: z.int().min(1).max(999), host: z.string().max(500).default("") });
export type JoinLaunch = z.input<typeof JoinLaunch>;

const CheckpointToRestore = z.object({
  id: z.uuid(),
  seq: z.int(),
  step: z.number().nullable(),
  name: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string() })),
});

/** What the wrapper then runs. Whatever is secret is in here, so that no engine shows it. */
export const StartedAttempt = z.object({
  attempt: z.int(),
  token: z.string(),
  jobId: z.string(),
  runId: z.string(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  parameters: Parameters,
  parametersAs: z.enum(["file", "arguments"]),
  seed: z.int(),
  graceSeconds: z.int(),
  /** Epoch second at which its hours are over; null without a limit. */
  deadline: z.int().nullable(),
  heartbeatSeconds: z.int(),
  /** Of a file of a checkpoint. */
  maxFileBytes: z.int(),
  /** Newest first; the wrapper takes the first whose files match their digests. */
  checkpoints: z.array(CheckpointToRestore),
});
export type StartedAttempt = z.infer<typeof StartedAttempt>;

/** Largest integer that a file, a log or a step can have. */
const Count = z.int().min(0);
const Instant = z.number().min(0).max(4_102_444_800);

/** What a wrapper reports every ten seconds. */
export const AttemptHeartbeat = z.strictObject({
  seq: Count,
  rssBytes: Count.nullable(),
  gpus: z
    .array(
      z.strictObject({
        name: z.string().max(200),
        usedBytes: Count,
        totalBytes: Count,
        /** Share of the time, from 0 to 1. */
        utilisation: z.number().min(0).max(1).nullable(),
      }),
    )
    .max(1_000),
  step: Count.nullable(),
  spoolBytes: Count,
});
export type AttemptHeartbeat = z.infer<typeof AttemptHeartbeat>;

/** What it is to do then. */
export const HeartbeatReply = z.object({
  do: z.enum(["go", "stop"]),
  graceSeconds: z.number(),
  /** Whether what lies in the checkpoint folder is wanted at once. */
  checkpointNow: z.boolean(),
});
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;

/** What a wrapper reports when its program has ended and all of it is stored. Times are epoch seconds of its machine. */
export const ReportEnd = z.strictObject({
  code: z.int().min(-1_000).max(1_000).nullable(),
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9+-]{1,20}$/)
    .nullable(),
  /** Whether it forwarded a SIGTERM. */
  wasTerminated: z.boolean(),
  /** Whether the kernel killed a process of it because memory ran out. */
  ranOutOfMemory: z.boolean(),
  logBytes: Count,
  logDropped: Count,
  startedAt: Instant,
  endedAt: Instant,
});
export type ReportEnd = z.infer<typeof ReportEnd>;

/** How the program of another machine ended, with its last lines where it failed. */
export const ReportRankEnd = ReportEnd.pick({
  code: true,
  signal: true,
  wasTerminated: true,
  ranOutOfMemory: true,
}).extend({
  lastLines: z.string().max(20_000).default(""),
});
export type ReportRankEnd = z.infer<typeof ReportRankEnd>;

interface AttemptSteps {
  fromStep: number | null;
  lastStep: number | null;
  endedAt: Date | null;
}

/**
 * Returns the step that a job is at, null where none is known. A resumed attempt that has logged none yet is at the step it began with, not where
 * the one before ended.
 * @param attempts in order
 */
export function reachedStep(attempts: readonly AttemptSteps[]): number | null {
  const present = attempts.findLast(({ fromStep, lastStep, endedAt }) => (lastStep ?? fromStep) !== null || !endedAt);
  return present?.lastStep ?? present?.fromStep ?? null;
}
