import { z } from "zod";

const SummaryTile = z.object({
  /** Such as agreement, settled, audit, noise. */
  id: z.enum(["settled", "waiting", "agreement", "noise", "audit"]),
  label: z.string(),
  /** Null where there is no value. */
  value: z.string().nullable(),
  note: z.string(),
});

/** What a project's page says first. */
export const LabelSummary = z.object({
  sentence: z.string(),
  tiles: z.array(SummaryTile),
});
export type LabelSummary = z.infer<typeof LabelSummary>;

/** Audit items of a project that wait for their label, and how many came in late. */
export const LabelBacklog = z.object({
  projectId: z.number().int(),
  project: z.string(),
  open: z.number().int(),
  review: z.number().int(),
  auditOpen: z.number().int(),
  /** Audit items that have waited longer than the project allows. */
  auditLate: z.number().int(),
  /** Age of the oldest open audit item in days; null without one. */
  oldestDays: z.number().nullable(),
  /** Labels settled in the last seven days, and those of them that belong to the audit. */
  settledThisWeek: z.number().int(),
  auditSettledThisWeek: z.number().int(),
  /** Days in which the open tasks are labelled at last week's pace; null without labels last week. */
  daysLeft: z.number().nullable(),
  /** The same of the audit, at the pace at which its items were labelled. */
  auditDaysLeft: z.number().nullable(),
  /** Hours of labelling left at a good and at a bad hour of the last 14 days, as the page of the project shows; null before there were any. */
  hoursLow: z.number().nullable(),
  hoursHigh: z.number().nullable(),
  labelWithinDays: z.number().int(),
});
export type LabelBacklog = z.infer<typeof LabelBacklog>;

const Week = z.object({
  /** Its first day, in UTC. */
  at: z.date(),
  answers: z.number().int(),
  /** Share of the answers that equal the label; null where none could be compared. */
  agreement: z.number().nullable(),
  medianMs: z.number().nullable(),
});

/** How a person labels in a project, over time. Names nobody else. */
export const PersonHistory = z.object({
  person: z.string(),
  weeks: z.array(Week),
  /** Newest answers that differ from the label. */
  disagreements: z.array(
    z.object({
      taskId: z.number().int(),
      item: z.string(),
      said: z.string(),
      label: z.string().nullable(),
      note: z.string(),
      at: z.date(),
    }),
  ),
});
export type PersonHistory = z.infer<typeof PersonHistory>;
