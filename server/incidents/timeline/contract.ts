import { z } from "zod";

export const timelineKinds = [
  "alert",
  "ack",
  "state",
  "severity",
  "change",
  "action",
  "note",
  "message",
  "metric",
  "customer",
  "label",
  "rollback",
  "model",
  "silence",
  "edit",
  "runbook",
] as const;
export const TimelineKind = z.enum(timelineKinds);
export type TimelineKind = z.infer<typeof TimelineKind>;

export const TimelineLink = z.object({
  rel: z.enum(["alert", "deploy", "rollout", "dashboard", "runbook", "prediction", "slo", "incident", "change"]),
  href: z.string(),
  text: z.string().default(""),
});

export const TimelineEvent = z.object({
  id: z.number().int(),
  at: z.date(),
  recordedAt: z.date(),
  kind: TimelineKind,
  title: z.string(),
  body: z.string().nullable(),
  actor: z.object({ kind: z.enum(["person", "system"]), name: z.string() }),
  links: z.array(TimelineLink),
  isProbableCause: z.boolean(),
  supersedes: z.number().int().nullable(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

/** What other domains put on the timeline of an incident. */
export interface NewTimelineEvent {
  at?: Date;
  kind: TimelineKind;
  title: string;
  body?: string;
  links?: z.input<typeof TimelineLink>[];
  isProbableCause?: boolean;
  /** The same key is put there once. */
  onceKey?: string;
}
