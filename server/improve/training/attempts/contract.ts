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
  /** Newest first; the wrapper takes the first whose files match their digests. */
  checkpoints: z.array(CheckpointToRestore),
});
export type StartedAttempt = z.infer<typeof StartedAttempt>;
