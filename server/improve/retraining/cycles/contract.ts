import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { JobState } from "../../training/contract.ts";
import {
  type ApprovalPart,
  type CancelRequest,
  type ComparisonPart,
  type DataPart,
  RetrainingPlan,
  RetrainingPolicy,
} from "../contract.ts";
import { RetrainingOutcome } from "../outcome/contract.ts";
import { EvidenceShown, HoldShown } from "../policies/contract.ts";
import { RetrainingCycleState } from "./states.ts";

const Model = z.string().min(1, "Choose a model.").max(limits.nameLength);
const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2_000);
const cycleNumber = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);

export const RequestRetraining = z.object({
  model: Model,
  reason: Reason,
  /**
   * Makes a variant instead, such as a quantised one: the job runs this template, and the candidate has to be as good as the champion on the frozen
   * set, not better on new rows.
   */
  variant: z
    .object({
      template: z.string().min(1, "Choose a job template.").max(limits.nameLength),
      /** Name by which the program knows the dataset; that of the policy's plan when left out. */
      dataset: z.string().min(1).max(limits.nameLength).optional(),
    })
    .optional(),
});
export type RequestRetraining = z.input<typeof RequestRetraining>;

/** A cycle of a model's policy, by its number. */
export const CycleKey = z.object({ model: Model, number: cycleNumber });
export type CycleKey = z.input<typeof CycleKey>;

/** To end, to approve or to decline a cycle. */
export const ActOnCycle = CycleKey.extend({ reason: Reason });
export type ActOnCycle = z.input<typeof ActOnCycle>;

export const ListRetrainingCycles = z.object({
  model: Model,
  /** Only those with a smaller number: that of the last one of the page before. */
  before: cycleNumber.optional(),
  limit: z.int().min(1).max(200).default(50),
});
export type ListRetrainingCycles = z.input<typeof ListRetrainingCycles>;

export const RetrainingCycle = z.object({
  id: z.uuid(),
  number: z.int(),
  /** Revision of the policy that it follows. */
  revision: z.int(),
  state: RetrainingCycleState,
  /** Why it has ended; "" until then. */
  words: z.string(),
  rejectedAt: z.enum(["data", "training", "evaluation", "gate", "approval", "canary"]).nullable(),
  evidence: z.array(EvidenceShown),
  /** Who asked for it, and why; null where the policy did. */
  requestedBy: z.string().nullable(),
  requestReason: z.string().nullable(),
  championVersion: z.int(),
  candidateVersion: z.int().nullable(),
  /** A person's request to end it, which is carried out within seconds; null without one. */
  cancelRequest: z.custom<CancelRequest>().nullable(),
  /** Whether an adopted candidate helped; null until that is known, and of other cycles. */
  outcome: RetrainingOutcome.nullable(),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
});
export type RetrainingCycle = z.infer<typeof RetrainingCycle>;

export const RetrainingCycleDetails = RetrainingCycle.extend({
  model: z.string(),
  endpoint: z.object({ id: z.uuid(), name: z.string() }),
  /** Rules and plan that it follows. */
  rules: RetrainingPolicy,
  plan: RetrainingPlan,
  /** What it has begun, oldest first. */
  steps: z.array(z.object({ state: RetrainingCycleState, words: z.string(), at: z.date() })),
  /** What it has made so far; null for what is still to come. */
  parts: z.object({
    data: z.custom<DataPart>().nullable(),
    /** Null too where the job was removed. */
    job: z.object({ id: z.string(), name: z.string(), state: JobState }).nullable(),
    comparison: z.custom<ComparisonPart>().nullable(),
    gatesAt: z.date().nullable(),
    approval: z.custom<ApprovalPart>().nullable(),
    rollout: z
      .object({
        id: z.uuid(),
        phase: z.enum(["starting", "stepping", "watching", "promoted", "rolled-back"]),
      })
      .nullable(),
  }),
  /** Whether the caller asked for it, and so cannot approve it. */
  isMine: z.boolean(),
});
export type RetrainingCycleDetails = z.infer<typeof RetrainingCycleDetails>;

/** A cycle that a person has asked for, and what stood against a training when the policy last looked. */
export const RequestedRetraining = z.object({ cycle: RetrainingCycleDetails, holds: z.array(HoldShown) });
export type RequestedRetraining = z.infer<typeof RequestedRetraining>;
