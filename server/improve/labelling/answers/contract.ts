import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { LabelValue, Region, TaskState } from "../contract.ts";
import { GivenTask } from "../queue/contract.ts";

const id = z.number().int().min(1);

/** An answer of a person: a value, or that they cannot tell. */
export const AnswerLabelTask = z.object({
  projectId: id,
  taskId: id,
  /** Null for someone who cannot decide. */
  value: LabelValue.nullable().default(null),
  cannotTell: z.boolean().default(false),
  /** Regions of Label Studio's clients, kept unchanged. */
  result: z.array(Region).max(limits.listLength).optional(),
  note: z.string().max(10_000).default(""),
  /** Milliseconds that the task was visible and focused. */
  spentMs: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  /** Version of the guidelines that the person saw. Default: the one in effect. */
  guideline: z.number().int().min(1).optional(),
  shownPrediction: z.boolean().default(false),
});
export type AnswerLabelTask = z.input<typeof AnswerLabelTask>;

export const TakenAnswer = z.object({
  answerId: id,
  isSurplus: z.boolean().describe("All leases were taken; the answer counts for the label nevertheless."),
  state: TaskState.describe("State of the task after this answer."),
  gold: z
    .object({ isCorrect: z.boolean(), expected: LabelValue, explanation: z.string() })
    .nullable()
    .describe("Set for gold items."),
  paused: z.string().nullable().describe("Why you are paused after this answer; null if you may continue."),
});
export type TakenAnswer = z.infer<typeof TakenAnswer>;

export const UndoAnswer = z.object({
  projectId: id,
  /** Default: the last answer that can be undone. */
  taskId: id.optional(),
});
export type UndoAnswer = z.input<typeof UndoAnswer>;

export const UndoneAnswer = z.object({
  task: GivenTask,
  value: LabelValue.nullable().describe("What was answered."),
  cannotTell: z.boolean(),
  note: z.string(),
  released: z.array(id).describe("Tasks no longer leased to you, because the undone one replaces them."),
});
export type UndoneAnswer = z.infer<typeof UndoneAnswer>;
