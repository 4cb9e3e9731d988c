import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { Shift } from "../schedules/contract.ts";

/** Statistics of a shift: the strip under the triage board. */
export const ShiftStatistics = z.object({
  /** Number of alert groups that the people of the shift were called for; the goal is at most 2 per shift. */
  pages: z.number().int(),
  /** Number of those pages between 22:00 and 07:00 in the person's time zone. */
  nightPages: z.number().int(),
  verdicts: z.object({
    actionable: z.number().int(),
    known: z.number().int(),
    noise: z.number().int(),
    duplicate: z.number().int(),
  }),
  /** Number of pages without feedback. */
  unanswered: z.number().int(),
  /** Actionable of all verdicts; null without any. */
  precision: z.number().nullable(),
  /** Number of alerts received again while firing, without another notification. */
  merged: z.number().int(),
});
export type ShiftStatistics = z.infer<typeof ShiftStatistics>;

/** Shift at a moment; defaults to now. */
export const OfShift = z.object({ scheduleId: z.uuid(), at: Instant.optional() });
export type OfShift = z.input<typeof OfShift>;

export const ShiftReport = ShiftStatistics.extend({ shift: Shift.nullable() });
export type ShiftReport = z.infer<typeof ShiftReport>;

export const HandoverDraft = z.object({
  scheduleId: z.uuid(),
  schedule: z.string(),
  shift: Shift,
  /** Markdown. */
  body: z.string(),
  /** Note saved for this shift already; null where there is none. */
  saved: z.string().nullable(),
});
export type HandoverDraft = z.infer<typeof HandoverDraft>;

export const SaveHandover = z.object({
  scheduleId: z.uuid(),
  shiftFrom: Instant,
  shiftTo: Instant,
  body: z.string().trim().min(1, "The note cannot be empty.").max(50_000),
});
export type SaveHandover = z.input<typeof SaveHandover>;

export const HandoverNote = z.object({
  id: z.uuid(),
  scheduleId: z.uuid(),
  schedule: z.string(),
  shiftFrom: z.date(),
  shiftTo: z.date(),
  body: z.string(),
  writtenBy: z.string(),
  updatedAt: z.date(),
});
export type HandoverNote = z.infer<typeof HandoverNote>;

export const ListHandovers = z.object({
  scheduleId: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type ListHandovers = z.input<typeof ListHandovers>;
