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
    /** When the worker looked at it last; null before the first time, and to have it looked at now. */
    evaluatedAt: instant(),
    /** Why the last look failed, for people; null when it did not. */
    problem: text(),
  },
  (table) => [
    uniqueIndex("alert_rules_name").on(table.workspaceId, table.name).where(sql`${table.archivedAt} is null`),
    index("alert_rules_due")
      .on(table.evaluatedAt)
      .where(sql`${table.archivedAt} is null and ${table.disabledAt} is null`),
  ],
);

/** Where the state machine of each rule stands for each thing that it watches. */
export const ruleStates = pgTable(
  "rule_states",
  {
    workspaceId: ofWorkspace(),
    /** "slo:<id>" or "rule:<id>"; for alerts from outside "external:<alertname>". */
    ruleKey: text().notNull(),
    /** What of it, such as a tier of an SLO; empty where there is only one. */
    part: text().notNull().default(""),
    state: text({ enum: ["inactive", "pending", "firing"] }).notNull(),
    since: instant().notNull(),
    evaluatedAt: instant().notNull(),
    /** Why it fires or not: both burn rates, factor, cap, gate, or value and limit. */
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
    /** Its end was not said by the sender but is when it is given up for want of news. */
    isTimeout: boolean().notNull(),
    generatorUrl: text().notNull().default(""),
    ruleKey: text().notNull(),
    severity: text().notNull(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "set null" }),
    /** Whether its end has been noted: an event was written and its groups were counted anew. */
    isEnded: boolean().notNull().default(false),
    /** Whether its groups have been told of its end. */
    isSettled: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.fingerprint] }),
    index("alerts_open").on(table.workspaceId, table.endsAt).where(sql`not ${table.isSettled}`),
    index("alerts_ending").on(table.endsAt).where(sql`not ${table.isEnded}`),
    index("alerts_rule").on(table.workspaceId, table.ruleKey),
  ],
);

/** Alerts that are told of together. Gone once all of it is resolved and told. */
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
    /** When it is looked at next; null once it is over. */
    nextFlushAt: instant(),
    lastFlushAt: instant(),
    /** What was told last, NotificationEntry of server/alerting/alerts/contract.ts; null before the first time. */
    entry: jsonb().$type<JsonColumns["alertGroups.entry"]>(),
    /** Acknowledgement of server/alerting/alerts/contract.ts; null while nobody has taken it. */
    acknowledgement: jsonb().$type<JsonColumns["alertGroups.acknowledgement"]>(),
    /** GroupSummary of server/alerting/alerts/contract.ts: counts, severity, burn and reach, for lists. */
    summary: jsonb().$type<JsonColumns["alertGroups.summary"]>().notNull(),
    /** Place in the queue, greatest first: pages above tickets, then burn rate times share of the traffic. */
    weight: doublePrecision().notNull().default(0),
    /** What the last flush came to, in words. */
    outcome: text(),
    incidentId: uuid(),
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
  ],
);

export const alertGroupMembers = pgTable(
  "alert_group_members",
  {
    workspaceId: ofWorkspace(),
    groupId: belongsTo(() => alertGroups.id),
    fingerprint: text().notNull(),
    addedAt: instant().notNull().defaultNow(),
    /** Why it tells nobody at the moment: MutedBy of server/alerting/alerts/contract.ts; null when it would. */
    muted: jsonb().$type<JsonColumns["alertGroupMembers.muted"]>(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.fingerprint] }),
    index("alert_group_members_alert").on(table.workspaceId, table.fingerprint),
  ],
);

/** Routes, inhibition and times, as one document that is replaced whole; the newest revision holds. */
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
    /** Null where no person made it. */
    createdById: uuid(),
    createdAt: instant().notNull().defaultNow(),
    /** Silences have been made of all that starts before, so that one that was expired is not made again. */
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
    /** Who is told that it ends; null where no person made it. */
    createdById: uuid(),
    comment: text().notNull(),
    annotations: jsonb().$type<Record<string, string>>().notNull().default({}),
    recurrenceId: uuid().references(() => silenceRecurrences.id, { onDelete: "set null" }),
    /** When its creator was told that it ends soon. */
    noticedAt: instant(),
  },
  (table) => [
    index("silences_workspace").on(table.workspaceId, table.endsAt),
    uniqueIndex("silences_occurrence").on(table.recurrenceId, table.startsAt),
  ],
);

/** What happened to alerts, never changed: the state at any time is a fold over it. Kept for 400 days. */
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

/** What people thought of having been told: one a group and episode. */
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
