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
  tasks: z
    .array(GivenTask.omit({ expiresAt: true }))
    .describe("Tasks that you have not answered, and that you hold or that have a free place."),
  waiting: z.number().int().describe("All tasks of the group that you may answer, those beyond the limit included."),
  open: z.number().int().describe("All open tasks of the group."),
  label: LabelValue.nullable().describe(
    "What the first answers, given one by one, agree on; null while they do not, or before an own answer.",
  ),
  singleAnswers: z.number().int().describe("Answers of the group that were given one by one."),
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
