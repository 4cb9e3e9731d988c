import { z } from "zod";
import { ReportState } from "../contract.ts";

/** Items to review each week, and each month. */
export const reviewItems = {
  week: ["drift", "labels", "retraining", "deploys", "incidents", "actions"],
  month: ["cost", "baselines", "slos", "drift", "game-days", "actions"],
} as const;
export const Cadence = z.enum(["week", "month"]);
export type Cadence = z.infer<typeof Cadence>;

export const ReviewItem = z.enum([
  "drift",
  "labels",
  "retraining",
  "deploys",
  "incidents",
  "game-days",
  "actions",
  "cost",
  "baselines",
  "slos",
]);
export type ReviewItem = z.infer<typeof ReviewItem>;

const ReviewName = z
  .string()
  .regex(/^\d{4}-(W\d{2}|\d{2})$/, "Use a week such as 2026-W19 or a month such as 2026-05.");

/** Defaults to the current week. */
export const GetReview = z.object({ name: ReviewName.optional(), cadence: Cadence.default("week") });
export type GetReview = z.input<typeof GetReview>;

export const TickReview = z.object({
  name: ReviewName,
  item: ReviewItem,
  note: z.string().trim().max(2000).default(""),
});
export type TickReview = z.input<typeof TickReview>;

export const UntickReview = TickReview.pick({ name: true, item: true });
export type UntickReview = z.input<typeof UntickReview>;

const ReviewRow = z.object({
  words: z.string(),
  /** Owner, date or count beside it. */
  aside: z.string(),
  state: ReportState,
  href: z.string(),
});
export type ReviewRow = z.infer<typeof ReviewRow>;

export const ReviewSection = z.object({
  item: ReviewItem,
  title: z.string(),
  /** Task of the reviewer, in one sentence. */
  task: z.string(),
  /** Text where there is nothing to review. */
  nothing: z.string(),
  /** Most urgent first, at most 40. */
  rows: z.array(ReviewRow),
  /** All of them. */
  total: z.number().int(),
  /** Reviewer and time of the review; null until someone has reviewed it. */
  tick: z.object({ by: z.string(), at: z.date(), note: z.string() }).nullable(),
});
export type ReviewSection = z.infer<typeof ReviewSection>;

export const Review = z.object({
  cadence: Cadence,
  name: z.string(),
  title: z.string(),
  days: z.string(),
  /** Time zone that determines the start of days. */
  timeZone: z.string(),
  /** As in the report. */
  edges: z.string(),
  from: z.date(),
  to: z.date(),
  isPartial: z.boolean(),
  previous: z.string(),
  next: z.string().nullable(),
  /** As the report of the period says it. */
  sentence: z.string(),
  sections: z.array(ReviewSection),
});
export type Review = z.infer<typeof Review>;
