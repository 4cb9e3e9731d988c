import { z } from "zod";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { limits } from "#server/base/limits.ts";
import { Matcher } from "../matchers/contract.ts";

export const silenceStates = ["active", "pending", "expired"] as const;

/** Input for a silence (docs/spec/alerting.md section 7). With an ID it changes the existing one, in place or by creating a new one. */
export const SetSilence = z.object({
  id: z.uuid().optional(),
  matchers: z.array(Matcher).min(1, "Specify at least one matcher."),
  startsAt: z.date(),
  endsAt: z.date(),
  /** Name of the creator; the caller if absent. */
  createdBy: z.string().optional(),
  comment: z.string().trim().min(1, "Enter a reason.").max(2000),
  annotations: z.record(z.string(), z.string()).default({}),
  /** Confirms one that would mute more than half of what fires: the number that it mutes. */
  confirm: z.number().int().optional(),
});
export type SetSilence = z.input<typeof SetSilence>;

export const Silence = z.object({
  id: z.uuid(),
  matchers: z.array(Matcher),
  startsAt: z.date(),
  endsAt: z.date(),
  updatedAt: z.date(),
  createdBy: z.string(),
  comment: z.string(),
  annotations: z.record(z.string(), z.string()),
  state: z.enum(silenceStates),
  recurrenceId: z.uuid().nullable(),
  /** Alerts that fire now and are muted by it. */
  muting: z.number().int(),
  /** Alerts that it ever muted. */
  muted: z.number().int(),
});
export type Silence = z.infer<typeof Silence>;

/** Matchers of a hypothetical silence from now on. */
export const PreviewSilence = z.object({ matchers: z.array(Matcher).min(1, "Specify at least one matcher.") });
export type PreviewSilence = z.input<typeof PreviewSilence>;

export const SilencePreview = z.object({
  /** Alerts that fire now, and how many of them it would mute. */
  firing: z.number().int(),
  matched: z.number().int(),
  groups: z.number().int(),
  /** Whether the user must confirm the silence by typing the number of muted alerts. */
  isWide: z.boolean(),
});
export type SilencePreview = z.infer<typeof SilencePreview>;

export const ListSilences = z.object({
  states: z.array(z.enum(silenceStates)).optional(),
  /** Only those that have all of these matchers' names and values among theirs. */
  matchers: z.array(Matcher).default([]),
  recurrenceId: z.uuid().optional(),
  limit: z.number().int().min(1).max(5000).default(200),
});
export type ListSilences = z.input<typeof ListSilences>;

export const ExpireSilence = z.object({ silenceId: z.uuid() });
export type ExpireSilence = z.input<typeof ExpireSilence>;

/** Input for recurring silences, in local time of a time zone (docs/spec/alerting.md section 14). */
export const CreateSilenceRecurrence = z.object({
  matchers: z.array(Matcher).min(1, "Specify at least one matcher."),
  /** FREQ=DAILY|WEEKLY|MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, COUNT, UNTIL. */
  rule: z.string().trim().min(1).max(500),
  /** First start. */
  startsAt: z.date(),
  timeZone: z.string().max(limits.nameLength).default("UTC"),
  durationMs: z
    .number()
    .int()
    .min(minuteMs, "Must be at least one minute.")
    .max(31 * dayMs, "Must be at most 31 days."),
  comment: z.string().trim().min(1, "Enter a reason.").max(2000),
  /** No occurrence starts after this. */
  until: z.date().optional(),
  confirm: z.number().int().optional(),
});
export type CreateSilenceRecurrence = z.input<typeof CreateSilenceRecurrence>;

export const EndSilenceRecurrence = z.object({ recurrenceId: z.uuid() });
export type EndSilenceRecurrence = z.input<typeof EndSilenceRecurrence>;

export const SilenceRecurrence = z.object({
  id: z.uuid(),
  matchers: z.array(Matcher),
  rule: z.string(),
  startsAt: z.date(),
  timeZone: z.string(),
  durationMs: z.number().int(),
  comment: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
  /** Next starts, at most five. */
  next: z.array(z.date()),
});
export type SilenceRecurrence = z.infer<typeof SilenceRecurrence>;
