import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { teams } from "./oncall.ts";
import { runbooks } from "./runbooks.ts";
import { endpoints } from "./serving.ts";

/** Rules besides those that SLOs bring along. */
export const alertRules = pgTable(
  "alert_rules",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    /** AlertRuleSpec of server/respond/rules/contract.ts. */
    spec: jsonb().$type<JsonColumns["alertRules.spec"]>().notNull(),
    severity: text({ enum: ["page", "ticket"] }).notNull(),
    teamId: uuid().references(() => teams.id, { onDelete: "set null" }),
    runbookId: uuid().references(() => runbooks.id, { onDelete: "set null" }),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    disabledAt: instant(),
    archivedAt: instant(),
    /** Time of the worker's last evaluation; null before the first one, and to request one now. */
    evaluatedAt: instant(),
    /** Reason why the last evaluation failed, for users; null when it succeeded. */
    problem: text(),
  },
  (table) => [
    uniqueIndex("alert_rules_name").on(table.workspaceId, table.name).where(sql`${table.archivedAt} is null`),
    index("alert_rules_due")
      .on(table.evaluatedAt)
      .where(sql`${table.archivedAt} is null and ${table.disabledAt} is null`),
  ],
);

/** State of each rule's state machine for each thing that it monitors. */
export const ruleStates = pgTable(
  "rule_states",
  {
    workspaceId: ofWorkspace(),
    /** "slo:<id>" or "rule:<id>"; for alerts from outside "external:<alertname>". */
    ruleKey: text().notNull(),
    /** Part of the rule, such as a tier of an SLO; empty when there is only one. */
    part: text().notNull().default(""),
    state: text({ enum: ["inactive", "pending", "firing"] }).notNull(),
    since: instant().notNull(),
    evaluatedAt: instant().notNull(),
    /** Data that explains why it fires or not: both burn rates, factor, cap, gate, or value and limit. */
    trace: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ruleKey, table.part] })],
);

/** The newest episode of each set of labels. */
export const alerts = pgTable(
  "alerts",
  {
    workspaceId: ofWorkspace(),
    /** Sixteen hexadecimal digits, by the labels alone. */
    fingerprint: text().notNull(),
    labels: jsonb().$type<Record<string, string>>().notNull(),
    annotations: jsonb().$type<Record<string, string>>().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    updatedAt: instant().notNull(),
    /** Whether the sender did not report the end: the alert ends when updates have been missing for too long. */
    isTimeout: boolean().notNull(),
    generatorUrl: text().notNull().default(""),
    ruleKey: text().notNull(),
    severity: text().notNull(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "set null" }),
    /** Whether its end has been recorded: an event was written and its groups were recounted. */
    isEnded: boolean().notNull().default(false),
    /** Whether its groups have been notified of its end. */
    isSettled: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.fingerprint] }),
    index("alerts_open").on(table.workspaceId, table.endsAt).where(sql`not ${table.isSettled}`),
    index("alerts_ending").on(table.endsAt).where(sql`not ${table.isEnded}`),
    index("alerts_rule").on(table.workspaceId, table.ruleKey),
  ],
);

/** Alerts that share notifications. Deleted once all of them are resolved and notified. */
export const alertGroups = pgTable(
  "alert_groups",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** As Alertmanager writes it, and the index path of the route that owns it, since two routes may look the same. */
    groupKey: text().notNull(),
    routePath: text().notNull(),
    receiver: text().notNull(),
    labels: jsonb().$type<Record<string, string>>().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Time of the next flush; null once the group is resolved. */
    nextFlushAt: instant(),
    lastFlushAt: instant(),
    /** Last notification, NotificationEntry of server/alerting/alerts/contract.ts; null before the first one. */
    entry: jsonb().$type<JsonColumns["alertGroups.entry"]>(),
    /** Acknowledgement of server/alerting/alerts/contract.ts; null until someone acknowledges the group. */
    acknowledgement: jsonb().$type<JsonColumns["alertGroups.acknowledgement"]>(),
    /** GroupSummary of server/alerting/alerts/contract.ts: counts, severity, burn and reach, for lists. */
    summary: jsonb().$type<JsonColumns["alertGroups.summary"]>().notNull(),
    /** Priority in the queue, highest first: pages above tickets, then burn rate times share of the traffic. */
    weight: doublePrecision().notNull().default(0),
    /** Description of the last flush's result. */
    outcome: text(),
    incidentId: uuid(),
    /** Time of the last notification with a new page; null before the first one. */
    pagedAt: instant(),
    /** Time of a notification with a new page whose incident is still to be opened; null once it is. */
    responseDueAt: instant(),
    endedAt: instant(),
  },
  (table) => [
    uniqueIndex("alert_groups_open")
      .on(table.workspaceId, table.routePath, table.groupKey)
      .where(sql`${table.endedAt} is null`),
    index("alert_groups_due").on(table.nextFlushAt).where(sql`${table.nextFlushAt} is not null`),
    index("alert_groups_queue").on(table.workspaceId, table.weight, table.id).where(sql`${table.endedAt} is null`),
    index("alert_groups_workspace").on(table.workspaceId, table.createdAt),
    index("alert_groups_ended").on(table.workspaceId, table.endedAt),
    index("alert_groups_incident").on(table.incidentId).where(sql`${table.incidentId} is not null`),
    index("alert_groups_response_due").on(table.responseDueAt).where(sql`${table.responseDueAt} is not null`),
  ],
);

export const alertGroupMembers = pgTable(
  "alert_group_members",
  {
    workspaceId: ofWorkspace(),
    groupId: belongsTo(() => alertGroups.id),
    fingerprint: text().notNull(),
    addedAt: instant().notNull().defaultNow(),
    /** Reason why it currently notifies nobody: MutedBy of server/alerting/alerts/contract.ts; null when it is not muted. */
    muted: jsonb().$type<JsonColumns["alertGroupMembers.muted"]>(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.fingerprint] }),
    index("alert_group_members_alert").on(table.workspaceId, table.fingerprint),
  ],
);

/** Routes, inhibition and times, as one document that is replaced as a whole; the newest revision is in effect. */
export const alertRoutings = pgTable(
  "alert_routings",
  {
    workspaceId: ofWorkspace(),
    revision: integer().notNull(),
    /** Routing of server/alerting/alerts/routing/contract.ts. */
    routing: jsonb().$type<JsonColumns["alertRoutings.routing"]>().notNull(),
    reason: text().notNull().default(""),
    changedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.revision] })],
);

export const silenceRecurrences = pgTable(
  "silence_recurrences",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    matchers: jsonb().$type<JsonColumns["silenceRecurrences.matchers"]>().notNull(),
    /** The subset of RFC 5545 that docs/spec/alerting.md names. */
    rule: text().notNull(),
    /** First start, in `timeZone`. */
    startsAt: instant().notNull(),
    timeZone: text().notNull(),
    durationMs: bigint({ mode: "number" }).notNull(),
    comment: text().notNull(),
    createdBy: text().notNull(),
    /** Null if no user created it. */
    createdById: uuid(),
    createdAt: instant().notNull().defaultNow(),
    /** Silences have been created for all occurrences that start before this time, so that an expired one is not created again. */
    madeUntil: instant(),
    endedAt: instant(),
  },
  (table) => [index("silence_recurrences_workspace").on(table.workspaceId)],
);

export const silences = pgTable(
  "silences",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Matcher[] of server/alerting/alerts/matchers/contract.ts. */
    matchers: jsonb().$type<JsonColumns["silences.matchers"]>().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    updatedAt: instant().notNull().defaultNow(),
    createdBy: text().notNull(),
    /** User notified of its end; null when no user created it. */
    createdById: uuid(),
    comment: text().notNull(),
    annotations: jsonb().$type<Record<string, string>>().notNull().default({}),
    recurrenceId: uuid().references(() => silenceRecurrences.id, { onDelete: "set null" }),
    /** Time at which its creator was notified that it ends soon. */
    noticedAt: instant(),
  },
  (table) => [
    index("silences_workspace").on(table.workspaceId, table.endsAt),
    uniqueIndex("silences_occurrence").on(table.recurrenceId, table.startsAt),
  ],
);

/** Immutable events of alerts: the state at any time is a fold over them. Retained for 400 days. */
export const alertEvents = pgTable(
  "alert_events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    at: instant().notNull().defaultNow(),
    /** AlertEventKind of server/alerting/alerts/contract.ts. */
    kind: text().notNull(),
    fingerprint: text(),
    groupId: uuid(),
    groupKey: text(),
    ruleKey: text(),
    actor: text(),
    /** Id of the silence, notification, incident or person that it is about. */
    ref: text(),
    data: jsonb().$type<JsonColumns["alertEvents.data"]>().notNull().default({}),
  },
  (table) => [
    index("alert_events_fingerprint").on(table.workspaceId, table.fingerprint, table.at),
    index("alert_events_group").on(table.groupId, table.at),
    index("alert_events_kind").on(table.workspaceId, table.kind, table.at),
    index("alert_events_rule").on(table.workspaceId, table.ruleKey, table.at),
  ],
);

/** Users' feedback on notifications: one per group and episode. */
export const alertVerdicts = pgTable(
  "alert_verdicts",
  {
    groupId: belongsTo(() => alertGroups.id).primaryKey(),
    workspaceId: ofWorkspace(),
    ruleKey: text().notNull(),
    severity: text().notNull(),
    verdict: text({ enum: ["actionable", "known", "noise", "duplicate"] }).notNull(),
    ratedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [index("alert_verdicts_rule").on(table.workspaceId, table.ruleKey, table.at)],
);
