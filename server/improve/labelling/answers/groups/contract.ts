import { z } from "zod";
import { LabelValue } from "../../contract.ts";
import { GivenTask } from "../../queue/contract.ts";

const id = z.number().int().min(1);
const GroupKey = z.string().min(1).max(200);

/** Tasks of a group on one page. */
const maxGroupTasks = 60;
/** Answers to a group, given one by one, that must agree before the rest may be answered at once. */
export const minSingleAnswers = 3;

export const OfLabelGroup = z.object({
  projectId: id,
  groupKey: GroupKey,
  /** Tasks to return; 0 where only the numbers are wanted. */
  limit: z.number().int().min(0).max(maxGroupTasks).default(maxGroupTasks),
});
export type OfLabelGroup = z.input<typeof OfLabelGroup>;

export const LabelGroup = z.object({
  groupKey: z.string(),
  tasks: z.array(GivenTask.omit({ expiresAt: true })).describe("Unanswered tasks that are leased to you or available."),
  waiting: z.number().int().describe("All tasks of the group that you may answer, including those beyond the limit."),
  open: z.number().int().describe("All open tasks of the group."),
  label: LabelValue.nullable().describe(
    "Label that the first single answers agree on; null while they disagree, or before your own answer.",
  ),
  singleAnswers: z.number().int().describe("Single answers to the group."),
});
export type LabelGroup = z.infer<typeof LabelGroup>;

export const AnswerLabelGroup = z.object({
  projectId: id,
  groupKey: GroupKey,
  /** The tasks that the person saw. */
  taskIds: z.array(id).min(1).max(maxGroupTasks),
  /** Those among them that are something else. They are left for single answers. */
  exceptions: z.array(id).max(maxGroupTasks).default([]),
  value: LabelValue,
  /** Time for all of them. */
  spentMs: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
});
export type AnswerLabelGroup = z.input<typeof AnswerLabelGroup>;

export const AnsweredGroup = z.object({
  answered: z.array(id),
  passedOver: z.array(id).describe("Tasks that you had answered already, or that are not of the group."),
});
export type AnsweredGroup = z.infer<typeof AnsweredGroup>;
