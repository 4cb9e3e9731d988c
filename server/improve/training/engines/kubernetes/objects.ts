import { z } from "zod";
import type { Launch } from "../engine.ts";

/** Label and annotation by which an Indexed Job says which of its pods one is. */
const index = "batch.kubernetes.io/job-completion-index";

const Meta = z.object({
  name: z.string(),
  uid: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.object({ [index]: z.string().optional() }).optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
});

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
export type Condition = z.infer<typeof Condition>;

/** A Job of batch/v1: only what Leeway reads. */
export const Job = z.object({
  metadata: Meta,
  spec: z.object({
    suspend: z.boolean().optional(),
    completionMode: z.string().optional(),
    completions: z.int().optional(),
  }),
  status: z
    .object({
      conditions: z.array(Condition).optional(),
      failed: z.int().optional(),
      /** Pods that ended, and are about to be counted. */
      uncountedTerminatedPods: z.object({ failed: z.array(z.string()).nullish() }).optional(),
    })
    .optional(),
});
export type Job = z.infer<typeof Job>;

/** A TrainJob of Kubeflow Trainer, read as the Job that it stands for: only what Leeway reads. */
export const TrainJob = z
  .object({
    metadata: Meta,
    spec: z.object({ suspend: z.boolean().optional(), trainer: z.object({ numNodes: z.int().optional() }).optional() }),
    status: z.object({ conditions: z.array(Condition).optional() }).optional(),
  })
  .transform(({ metadata, spec: { suspend, trainer }, status }): Job => {
    const isSuspended = status?.conditions?.some(({ type, status }) => type === "Suspended" && status === "True");
    return {
      metadata,
      spec: { suspend: suspend || isSuspended, completionMode: "Indexed", completions: trainer?.numNodes ?? 1 },
      ...(status && { status }),
    };
  });

const Terminated = z.object({
  exitCode: z.int(),
  signal: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
});
export type Terminated = z.infer<typeof Terminated>;

const Container = z.object({
  name: z.string(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: z.object({ startedAt: z.string().optional() }).optional(),
      terminated: Terminated.optional(),
    })
    .optional(),
  /** How it ended before it was started again in its pod, which only a training runtime does. */
  lastState: z.object({ terminated: Terminated.optional() }).optional(),
});

/** A Pod of v1: only what Leeway reads. */
export const Pod = z.object({
  metadata: Meta,
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z.array(Condition).optional(),
      containerStatuses: z.array(Container).optional(),
    })
    .optional(),
});
export type Pod = z.infer<typeof Pod>;

/** Labels of what Leeway creates, and the one of Kubernetes that it reads. */
export const label = {
  launch: "leeway.io/launch",
  job: "leeway.io/job",
  workspace: "leeway.io/workspace",
  index,
} as const;

/** Labels of what belongs to a launch. */
export const labelsOf = ({ id, jobId, workspaceId }: Launch) => ({
  "app.kubernetes.io/managed-by": "leeway",
  [label.launch]: id,
  [label.job]: jobId,
  [label.workspace]: workspaceId,
});

/** Variable with the launch token, and its key in the Secret of a launch. */
export const tokenKey = "LEEWAY_LAUNCH_TOKEN";

/** Container of a pod that runs the program. */
export const container = "train";

/** Job of a training runtime that runs the program, and its container. */
export const runtimeContainer = "node";
