import { z } from "zod";
import { LabelValue } from "../contract.ts";
import { LabelTask, reviewReasons, StoredConsensus, StoredReview } from "../tasks/contract.ts";

const id = z.number().int().min(1);

export const ListLabelReviews = z.object({
  projectId: id,
  reason: z.enum(reviewReasons).optional(),
  /** Id of the last task of the page before. */
  after: id.optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type ListLabelReviews = z.input<typeof ListLabelReviews>;

/** An answer as a reviewer sees it before the decision: without its annotator. */
export const UnnamedAnswer = z.object({
  id,
  value: LabelValue.nullable(),
  cannotTell: z.boolean(),
  note: z.string(),
  guideline: z.number().int(),
  spentMs: z.number().int().nullable(),
  shownPrediction: z.boolean(),
  isSurplus: z.boolean(),
  createdAt: z.date(),
  leading: LabelValue.nullable().describe("Label that led after this answer."),
  posterior: z.number().nullable().describe("Probability of that label; null where this kind of answers has none."),
});
export type UnnamedAnswer = z.infer<typeof UnnamedAnswer>;

export const LabelReviewItem = z.object({
  task: LabelTask,
  answers: z.array(UnnamedAnswer),
  consensus: StoredConsensus.nullable(),
  reviews: z.array(StoredReview).describe("What reviewers decided before."),
  gold: LabelValue.nullable().describe("Label of a gold item that is disputed."),
});
export type LabelReviewItem = z.infer<typeof LabelReviewItem>;

export const DecideLabelReview = z.object({
  taskId: id,
  /** decided: the label is `value`. sent-back: other people answer. unclear: the guidelines have to say more; it stays in review. */
  verdict: z.enum(["decided", "sent-back", "unclear"]),
  value: LabelValue.optional(),
  /** Id of the last review that the reviewer saw, null for none; with it a review that came meanwhile is not overwritten. */
  lastReview: id.nullable().optional(),
  /** For the record; annotators of a task that is sent back see it. */
  reason: z.string().trim().min(1, "Enter a reason.").max(2_000),
});
export type DecideLabelReview = z.input<typeof DecideLabelReview>;

export const AskSecondOpinions = z.object({
  projectId: id,
  taskIds: z.array(id).min(1).max(1_000),
  /** Why, as annotators see it; it must not reveal what others answered. */
  reason: z.string().max(1_000).default(""),
});
export type AskSecondOpinions = z.input<typeof AskSecondOpinions>;

export const AskedOpinions = z.object({
  asked: z.number().int(),
  passedOver: z
    .number()
    .int()
    .describe("Tasks that a reviewer decided, that were dropped, or that are not of the project."),
});
export type AskedOpinions = z.infer<typeof AskedOpinions>;
