import { z } from "zod";
import { LabelValue } from "../contract.ts";

const id = z.number().int().min(1);
const Person = z.string().min(1).max(200);
const Reason = z.string().trim().min(1, "Enter a reason.").max(2_000);

export const SetAnnotatorPause = z.object({ projectId: id, person: Person, isPaused: z.boolean(), reason: Reason });
export type SetAnnotatorPause = z.input<typeof SetAnnotatorPause>;

export const SetAnnotatorExclusion = z.object({
  projectId: id,
  person: Person,
  isExcluded: z.boolean(),
  reason: Reason,
});
export type SetAnnotatorExclusion = z.input<typeof SetAnnotatorExclusion>;

export const OfAnnotator = z.object({ projectId: id, person: Person });
export type OfAnnotator = z.input<typeof OfAnnotator>;

const count = z.number().int();

/** A person in a project, in numbers. */
export const LabelAnnotator = z.object({
  person: z.string(),
  name: z.string(),
  given: count.describe("Tasks served so far."),
  answered: count.describe("Current answers."),
  cannotTell: count,
  compared: count.describe("Answers that could be compared with the label of at least two people."),
  agreed: count.describe("Answers among them that agree with it."),
  gold: z.object({
    seen: count.describe("Gold items answered since the person was last allowed to continue."),
    correct: count,
    mean: z.number().describe("Mean of the accuracy, given these."),
    below: z.number().describe("Probability that the accuracy is below what the project requires."),
    action: z.enum(["none", "warn", "pause"]),
  }),
  medianMs: z.number().nullable().describe("Median time of the last 50 answers, idle time cut."),
  lastAnswerAt: z.date().nullable(),
  pausedAt: z.date().nullable(),
  pauseReason: z.string().nullable(),
  excludedAt: z.date().nullable(),
  deciding: z
    .object({ done: count, total: count })
    .nullable()
    .describe("Tasks that are decided again because the person was excluded or included; null when all are."),
  createdAt: z.date(),
});
export type LabelAnnotator = z.infer<typeof LabelAnnotator>;

/** What the consensus would be without a person, or with them again. */
export const ExclusionEffect = z.object({
  tasks: count.describe("Evaluated tasks with an answer of this person."),
  isComplete: z.boolean().describe("Whether all tasks are included; otherwise the first 5,000."),
  changed: count.describe("Labels that would change."),
  open: count.describe("Labels that would be open again, or go to review."),
});
export type ExclusionEffect = z.infer<typeof ExclusionEffect>;

const disagreementKinds = ["gold", "review", "people"] as const;

export const OfAnnotatorHistory = OfAnnotator.extend({ by: z.enum(["all", ...disagreementKinds]).default("all") });
export type OfAnnotatorHistory = z.input<typeof OfAnnotatorHistory>;

/** How a person labelled over time. */
export const AnnotatorHistory = z.object({
  golds: z
    .array(z.object({ share: z.number(), low: z.number(), high: z.number() }))
    .describe("Share of correct answers after each of the last 300 gold items, with its 95% interval."),
  days: z
    .array(z.object({ day: z.string(), ownMs: z.number().nullable(), othersMs: z.number().nullable() }))
    .describe("Median time of an answer on each of the last 14 days, in UTC."),
  disagreements: z.array(
    z.object({
      taskId: id,
      projectId: id,
      item: z.string(),
      data: z.record(z.string(), z.unknown()),
      value: LabelValue.nullable(),
      settled: LabelValue.nullable(),
      by: z.enum(disagreementKinds),
      people: count.nullable(),
      reason: z.string(),
      at: z.date(),
    }),
  ),
  disagreementCount: count.describe("Among the last 5,000 answers."),
});
export type AnnotatorHistory = z.infer<typeof AnnotatorHistory>;
