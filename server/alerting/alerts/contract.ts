import { z } from "zod";
import { Matcher } from "./matchers/contract.ts";

export type Labels = Readonly<Record<string, string>>;

/** As it is posted, by Leeway's own rules as by Prometheus (docs/spec/alerting.md section 2). */
export const PostedAlert = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: z.date().optional(),
  endsAt: z.date().optional(),
  generatorUrl: z.string().default(""),
});
export type PostedAlert = z.input<typeof PostedAlert>;

/**
 * Annotations of Leeway's own alerts besides "summary" and "description".
 * Those with this prefix are for machines, and are not shown.
 */
export const internalPrefix = "leeway.internal/";

/** Internal annotation of an alert that ended although nobody measured a recovery; its value says why. */
export const endedAnnotation = `${internalPrefix}ended`;

const alertEventKinds = [
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
  "outside",
] as const;
export const AlertEventKind = z.enum(alertEventKinds);
export type AlertEventKind = z.infer<typeof AlertEventKind>;

/** Entry of alertEvents for one moment. */
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

/** Reason why an alert does not notify. */
export const MutedBy = z.object({
  by: z.enum(["silence", "inhibition", "time"]),
  /** Id of the silence, fingerprint of the inhibitor, name of the time interval. */
  ref: z.string(),
  words: z.string(),
});
export type MutedBy = z.infer<typeof MutedBy>;

/** Last notification of a group, by fingerprint (docs/spec/alerting.md section 5). */
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
  /** Alerts that were firing at the time: new ones still notify. */
  fingerprints: z.array(z.string()),
  severity: z.string(),
  alsoInvestigating: z.array(z.object({ by: z.string(), at: z.number() })).default([]),
  /** Time of the reminder that the acknowledgement expires. */
  remindedAt: z.number().nullable().default(null),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** Data of a group for lists, stored with it so that lists need no counting. */
export const GroupSummary = z.object({
  /** Worst of those that fire and that nothing mutes; of the muted ones if all are. */
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

const groupStates = ["firing", "acknowledged", "muted", "resolving", "resolved"] as const;
/** acknowledged: someone works on it; muted: no firing alert notifies; resolving: nothing fires, and the next flush notifies of the end. */
export const GroupState = z.enum(groupStates);
export type GroupState = z.infer<typeof GroupState>;

/** A group as lists show it. Times are milliseconds since 1970 where they are numbers. */
export const AlertGroup = z.object({
  id: z.uuid(),
  groupKey: z.string(),
  labels: z.record(z.string(), z.string()),
  receiver: z.string(),
  state: GroupState,
  summary: GroupSummary,
  acknowledgement: Acknowledgement.nullable(),
  incidentId: z.uuid().nullable(),
  incidentNumber: z.number().int().nullable(),
  createdAt: z.date(),
  /** Time of the last notification. */
  notifiedAt: z.date().nullable(),
  lastFlushAt: z.date().nullable(),
  nextFlushAt: z.date().nullable(),
  /** Time of the next notification if nothing changes; null while unknown. */
  nextRepeatAt: z.date().nullable(),
  /** Outcome of the last flush. */
  outcome: z.string().nullable(),
  endedAt: z.date().nullable(),
  verdict: z.enum(["actionable", "known", "noise", "duplicate"]).nullable(),
});
export type AlertGroup = z.infer<typeof AlertGroup>;

export const ListAlertGroups = z.object({
  /** Open ones when left out; "over" are those of the past, newest first. */
  states: z.array(GroupState).default(["firing", "acknowledged", "muted", "resolving"]),
  severity: z.enum(["page", "ticket"]).optional(),
  endpointId: z.uuid().optional(),
  teamId: z.uuid().optional(),
  ruleKey: z.string().max(300).optional(),
  /** Part of the title, the service or the group key. */
  search: z.string().trim().max(200).optional(),
  /** Matchers, all of which must match at least one alert of the group. */
  matchers: z.array(Matcher).default([]),
  /** For groups that are over: only those that ended since then. */
  endedSince: z.date().optional(),
  limit: z.number().int().min(1).max(500).default(100),
  cursor: z.string().max(100).optional(),
});
export type ListAlertGroups = z.input<typeof ListAlertGroups>;

/** Current state of an alert, with the fields that Alertmanager clients need. */
export const AlertNow = z.object({
  fingerprint: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.date(),
  endsAt: z.date(),
  updatedAt: z.date(),
  generatorUrl: z.string(),
  severity: z.string(),
  ruleKey: z.string(),
  endpointId: z.uuid().nullable(),
  state: z.enum(["firing", "resolved"]),
  /** Since when the rule of a firing alert has not been evaluated; null while it is. The alert stays as it was. */
  notEvaluatedSince: z.date().nullable(),
  /** Ids of silences, fingerprints of inhibitors, names of time intervals: all that mute it. */
  silencedBy: z.array(z.string()),
  inhibitedBy: z.array(z.string()),
  mutedBy: z.array(z.string()),
  groups: z.array(
    z.object({ id: z.uuid(), groupKey: z.string(), labels: z.record(z.string(), z.string()), receiver: z.string() }),
  ),
});
export type AlertNow = z.infer<typeof AlertNow>;

export const ListAlerts = z.object({
  /** Defaults to firing alerts; "all" includes resolved ones whose resolution has not been notified. */
  state: z.enum(["firing", "all"]).default("firing"),
  groupId: z.uuid().optional(),
  matchers: z.array(Matcher).default([]),
  limit: z.number().int().min(1).max(20_000).default(200),
  /** Fingerprint of the last one of the page before. */
  after: z.string().max(16).optional(),
});
export type ListAlerts = z.input<typeof ListAlerts>;

const fingerprint = z.string().regex(/^[0-9a-f]{16}$/, "A fingerprint has 16 hexadecimal digits.");
export const GetAlert = z.object({ fingerprint });
export type GetAlert = z.input<typeof GetAlert>;

export const GetAlertGroup = z.object({ groupId: z.uuid() });
export type GetAlertGroup = z.input<typeof GetAlertGroup>;

export const AcknowledgeGroup = z.object({
  groupId: z.uuid(),
  note: z.string().trim().max(2000).default(""),
  /** Two hours from now for a page and three days for a ticket, when left out. */
  until: z.date().optional(),
});
export type AcknowledgeGroup = z.input<typeof AcknowledgeGroup>;

export const UnacknowledgeGroup = z.object({ groupId: z.uuid(), note: z.string().trim().max(2000).default("") });
export type UnacknowledgeGroup = z.input<typeof UnacknowledgeGroup>;

export const StoredAlertEvent = z.object({
  id: z.number().int(),
  at: z.date(),
  kind: AlertEventKind,
  fingerprint: z.string().nullable(),
  groupId: z.uuid().nullable(),
  groupKey: z.string().nullable(),
  ruleKey: z.string().nullable(),
  actor: z.string().nullable(),
  ref: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type StoredAlertEvent = z.infer<typeof StoredAlertEvent>;

/** Newest first. */
export const ListAlertEvents = z.object({
  fingerprint: z.string().max(16).optional(),
  groupId: z.uuid().optional(),
  ruleKey: z.string().max(300).optional(),
  kinds: z.array(AlertEventKind).default([]),
  from: z.date().optional(),
  to: z.date().optional(),
  limit: z.number().int().min(1).max(10_000).default(200),
  /** Id of the last one of the page before. */
  before: z.number().int().positive().optional(),
});
export type ListAlertEvents = z.input<typeof ListAlertEvents>;

export const verdicts = ["actionable", "known", "noise", "duplicate"] as const;
export const Verdict = z.enum(verdicts);
export type Verdict = z.infer<typeof Verdict>;

/** One stage of the way of an alert, in order (docs/spec/alerting.md section 15). */
const traceStages = [
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

export const TraceAlert = z.object({
  fingerprint,
  /** As it was then; now when left out. */
  at: z.date().optional(),
});
export type TraceAlert = z.input<typeof TraceAlert>;

/** Explanation of why an alert was notified or not, step by step. */
export const AlertTrace = z.object({
  fingerprint: z.string(),
  labels: z.record(z.string(), z.string()),
  at: z.date(),
  steps: z.array(TraceStep),
  outcome: z.enum(["notified", "not notified"]),
  reason: z.string(),
});
export type AlertTrace = z.infer<typeof AlertTrace>;
