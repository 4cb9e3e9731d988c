import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { RetrainingPlan, RetrainingPolicy } from "../contract.ts";
import { RetrainingCycleState } from "../cycles/states.ts";

const Model = z.string().min(1, "Choose a model.").max(limits.nameLength);
const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2_000);

export const CreateRetrainingPolicy = z.object({
  /** Name of a registered model. */
  model: Model,
  /** Name of the endpoint that serves it, and to which candidates are rolled out. */
  endpoint: z.string().min(1, "Choose an endpoint.").max(limits.nameLength),
  /** Person who is notified, and in whose name jobs are submitted; the caller when left out. */
  ownerId: z.uuid().optional(),
  rules: RetrainingPolicy,
  plan: RetrainingPlan,
});
export type CreateRetrainingPolicy = z.input<typeof CreateRetrainingPolicy>;

export const UpdateRetrainingPolicy = z.object({
  model: Model,
  rules: RetrainingPolicy.optional(),
  plan: RetrainingPlan.optional(),
  ownerId: z.uuid().optional(),
  /** Revision that the caller changes; a conflict when another one was saved meanwhile. */
  revision: z.int().min(1).optional(),
});
export type UpdateRetrainingPolicy = z.input<typeof UpdateRetrainingPolicy>;

export const PauseRetrainingPolicy = z.object({ model: Model, reason: Reason });
export type PauseRetrainingPolicy = z.input<typeof PauseRetrainingPolicy>;

export const ListRetrainingPolicies = z.object({ limit: z.int().min(1).max(500).default(100) });
export type ListRetrainingPolicies = z.input<typeof ListRetrainingPolicies>;

export const ListRetrainingDecisions = z.object({ model: Model, limit: z.int().min(1).max(200).default(50) });
export type ListRetrainingDecisions = z.input<typeof ListRetrainingDecisions>;

/** What spoke for a training. Times in milliseconds since 1970. */
export const EvidenceShown = z.object({
  key: z.string(),
  trigger: z.enum(["drift", "quality", "slo", "labels", "dataset", "schedule"]),
  words: z.string(),
  since: z.number(),
  labelsFrom: z.number(),
});

/** What stood against it; `until` in milliseconds since 1970, null while its end is not known. */
export const HoldShown = z.object({ code: z.string(), words: z.string(), until: z.number().nullable() });

export const RetrainingDecision = z.object({
  kind: z.enum(["quiet", "held", "fired"]),
  revision: z.int(),
  evidence: z.array(EvidenceShown),
  holds: z.array(HoldShown),
  /** Number of the cycle that it started; null for others, and for one that is deleted. */
  cycle: z.int().nullable(),
  at: z.date(),
});
export type RetrainingDecision = z.infer<typeof RetrainingDecision>;

export const RetrainingPolicyDetails = z.object({
  id: z.uuid(),
  model: z.string(),
  endpoint: z.object({ id: z.uuid(), name: z.string() }),
  revision: z.int(),
  rules: RetrainingPolicy,
  plan: RetrainingPlan,
  /** Null once they have left the workspace: nothing is trained until another one is named. */
  owner: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  paused: z.object({ by: z.string(), at: z.date(), reason: z.string() }).nullable(),
  /** When a worker last looked; null before the first time. */
  lookedAt: z.date().nullable(),
  /** Newest decision; null before the first. */
  decision: RetrainingDecision.nullable(),
  openCycle: z.object({ number: z.int(), state: RetrainingCycleState, startedAt: z.date() }).nullable(),
  /** Cycles so far, the open one too. */
  counts: z.object({ cycles: z.int(), adopted: z.int(), rejected: z.int() }),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type RetrainingPolicyDetails = z.infer<typeof RetrainingPolicyDetails>;
