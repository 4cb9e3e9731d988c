import { z } from "zod";

const timelineKinds = [
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

/** Event that other domains add to the timeline of an incident. */
export interface NewTimelineEvent {
  at?: Date;
  kind: TimelineKind;
  title: string;
  body?: string;
  links?: z.input<typeof TimelineLink>[];
  isProbableCause?: boolean;
  /** Key that prevents duplicates: an event with the same key is added only once. */
  deduplicationKey?: string;
}

const number = z.number().int().positive();

export const ListTimeline = z.object({ number, kinds: z.array(TimelineKind).optional() });
export type ListTimeline = z.input<typeof ListTimeline>;

/** Kinds of events that people write; the others are recorded automatically. */
export const writtenKinds = ["note", "message", "metric", "customer", "action"] as const;

export const AddNote = z.object({
  number,
  kind: z.enum(writtenKinds).default("note"),
  title: z.string().trim().min(1, "Describe what happened, or what you found.").max(500),
  body: z.string().trim().max(10_000).default(""),
  /** Time of the observation; now when omitted. */
  at: z.date().optional(),
  isProbableCause: z.boolean().default(false),
});
export type AddNote = z.input<typeof AddNote>;

export const PostUpdate = z.object({
  number,
  text: z.string().trim().min(1, "Enter what the others should know.").max(500),
});
export type PostUpdate = z.input<typeof PostUpdate>;

export const PostedUpdate = z.object({ channels: z.number().int().describe("Channels that it goes to.") });
export type PostedUpdate = z.infer<typeof PostedUpdate>;

/** Input that replaces an event with a corrected one; omitted fields keep their values. */
export const EditTimelineEvent = z.object({
  number,
  eventId: z.number().int().positive(),
  title: AddNote.shape.title.optional(),
  body: AddNote.shape.body.optional(),
  at: z.date().optional(),
  isProbableCause: z.boolean().optional(),
});
export type EditTimelineEvent = z.input<typeof EditTimelineEvent>;
