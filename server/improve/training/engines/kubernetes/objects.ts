import { z } from "zod";

const Meta = z.object({
  name: z.string(),
  uid: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
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
  spec: z.object({ suspend: z.boolean().optional() }),
  status: z.object({ conditions: z.array(Condition).optional() }).optional(),
});
export type Job = z.infer<typeof Job>;

const Container = z.object({
  name: z.string(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: z.object({}).optional(),
      terminated: z
        .object({
          exitCode: z.int(),
          signal: z.int().optional(),
          reason: z.string().optional(),
          message: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
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

/** Labels of what Leeway creates. */
export const label = { launch: "leeway.io/launch", job: "leeway.io/job", workspace: "leeway.io/workspace" } as const;

/** Container of a pod that runs the program. */
export const container = "train";
