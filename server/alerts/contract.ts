import { z } from "zod";

export type Labels = Readonly<Record<string, string>>;

/** As it is posted, by Leeway's own rules as by Prometheus (alerting.md section 2). */
export const PostedAlert = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: z.date().optional(),
  endsAt: z.date().optional(),
  generatorUrl: z.string().default(""),
});
export type PostedAlert = z.input<typeof PostedAlert>;

/** Labels that Leeway sets on its own alerts: what rows, routes and pages go by. */
export const ownLabels = ["alertname", "severity", "service", "endpoint", "model", "team", "slo", "tier"] as const;

/**
 * Annotations of Leeway's own alerts besides "summary" and "description".
 * Those with this prefix are for machines, and are not shown.
 */
export const internalPrefix = "leeway.internal/";

export const alertEventKinds = [
  "received",
  "merged",
  "firing",
  "resolved",
  "expired",
  "routed",
  "grouped",
  "flushed",
  "inhibited",
  "silenced",
  "time_muted",
  "notified",
  "notify_failed",
  "ack",
  "unack",
  "escalated",
  "verdict",
  "linked",
] as const;
export const AlertEventKind = z.enum(alertEventKinds);
export type AlertEventKind = z.infer<typeof AlertEventKind>;

/** What alertEvents keep of one moment. */
export interface AlertEvent {
  kind: AlertEventKind;
  fingerprint?: string | undefined;
  groupId?: string | undefined;
  groupKey?: string | undefined;
  ruleKey?: string | undefined;
  /** Name of the person; absent for Leeway itself. */
  actor?: string | undefined;
  ref?: string | undefined;
  data?: Record<string, unknown> | undefined;
}

/** Why an alert tells nobody. */
export const MutedBy = z.object({
  by: z.enum(["silence", "inhibition", "time"]),
  /** Id of the silence, fingerprint of the inhibitor, name of the time interval. */
  ref: z.string(),
  words: z.string(),
});
export type MutedBy = z.infer<typeof MutedBy>;

/** What a group has been told of, by fingerprint (alerting.md section 5). */
export const NotificationEntry = z.object({
  firing: z.array(z.string()),
  resolved: z.array(z.string()),
  at: z.number(),
});
export type NotificationEntry = z.infer<typeof NotificationEntry>;

export const notificationReasons = [
  "first notification",
  "new alerts added",
  "all alerts resolved",
  "some alerts resolved",
  "repeat interval elapsed",
] as const;

export const Acknowledgement = z.object({
  by: z.string(),
  userId: z.string().nullable(),
  at: z.number(),
  note: z.string(),
  until: z.number(),
  /** Of the alerts that fired then: new ones still tell. */
  fingerprints: z.array(z.string()),
  severity: z.string(),
  alsoLooking: z.array(z.object({ by: z.string(), at: z.number() })).default([]),
  /** When whoever took it was reminded that it ends. */
  remindedAt: z.number().nullable().default(null),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** What lists show of a group, kept beside it so that no list counts. */
export const GroupSummary = z.object({
  /** Worst of those that fire. */
  severity: z.string(),
  title: z.string(),
  service: z.string(),
  endpointId: z.uuid().nullable(),
  teamId: z.uuid().nullable(),
  runbookId: z.uuid().nullable(),
  ruleKey: z.string(),
  sloId: z.uuid().nullable(),
  firing: z.number().int(),
  resolved: z.number().int(),
  muted: z.number().int(),
  startsAt: z.number(),
  /** Burn rate, and share of the traffic that is affected; null where the alert has none. Their product sorts the queue. */
  burn: z.number().nullable(),
  reach: z.number().nullable(),
});
export type GroupSummary = z.infer<typeof GroupSummary>;

export const verdicts = ["actionable", "known", "noise", "duplicate"] as const;
export const Verdict = z.enum(verdicts);
export type Verdict = z.infer<typeof Verdict>;

/** One stage of the way of an alert, in order (alerting.md section 15). */
export const traceStages = [
  "rule",
  "validate",
  "merge",
  "route",
  "group",
  "inhibit",
  "time",
  "silence",
  "ack",
  "gate",
  "dedup",
  "send",
  "deliver",
] as const;
export const TraceStep = z.object({
  stage: z.enum(traceStages),
  result: z.string(),
  /** Address on this host of what decided. */
  href: z.string().nullable().default(null),
  at: z.date().nullable().default(null),
});
export type TraceStep = z.infer<typeof TraceStep>;
