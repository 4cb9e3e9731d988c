import {
  boolean,
  date,
  doublePrecision,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { users } from "./identity.ts";
import type { JsonColumns } from "./json-columns.ts";
import { endpoints } from "./serving.ts";

/** What the business counts: a conversion, a case missed, money earned. */
export const kpis = pgTable(
  "kpis",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** KpiDefinition of server/report/kpis/contract.ts. */
    definition: jsonb().$type<JsonColumns["kpis.definition"]>().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("kpis_name").on(table.workspaceId, table.name)],
);

/** Something that happened after an answer, as callers post it. */
export const kpiEvents = pgTable(
  "kpi_events",
  {
    workspaceId: ofWorkspace(),
    kpiId: belongsTo(() => kpis.id),
    /** Given by the caller, or by us: the same id again changes nothing. */
    eventId: text().notNull(),
    /** Request id that it follows; null where only a unit is known. */
    requestId: text(),
    /** Person, parcel or order that it is about. */
    unit: text(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    /** Found by the request or the unit; null while nothing was found. */
    versionId: uuid(),
    /** Of the rollout that the unit took part in; null without one. */
    rolloutId: uuid(),
    arm: text({ enum: ["stable", "canary", "shadow"] }),
    value: doublePrecision().notNull(),
    at: instant().notNull(),
    receivedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.kpiId, table.eventId] }),
    index("kpi_events_at").on(table.kpiId, table.at),
  ],
);

/** The facts of a week, a month or a quarter, as they were told: the page, the print and the mail read the same row. */
export const reports = pgTable(
  "reports",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    period: text({ enum: ["week", "month", "quarter"] }).notNull(),
    /** First day, in the time zone of the workspace. */
    start: date().notNull(),
    /** ReportFacts of server/report/reports/contract.ts. */
    facts: jsonb().$type<JsonColumns["reports.facts"]>().notNull(),
    computedAt: instant().notNull(),
    /** The period was over and labels had time to come: it is not computed again by itself. */
    isFinal: boolean().notNull().default(false),
  },
  (table) => [uniqueIndex("reports_period").on(table.workspaceId, table.period, table.start)],
);

/** Who gets the sentences of the week by mail. */
export const digestSubscriptions = pgTable(
  "digest_subscriptions",
  {
    workspaceId: ofWorkspace(),
    userId: belongsTo(() => users.id),
    /** DigestSettings of server/report/reports/contract.ts. */
    settings: jsonb().$type<JsonColumns["digestSubscriptions.settings"]>().notNull(),
    /** The first day of the period that was sent last. */
    sentFor: date(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.userId] })],
);

/** Somebody looked at what a review lists. */
export const reviewTicks = pgTable(
  "review_ticks",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    cadence: text({ enum: ["week", "month"] }).notNull(),
    start: date().notNull(),
    /** ReviewItem of server/report/reports/reviews/contract.ts. */
    item: text().notNull(),
    note: text().notNull().default(""),
    doneBy: text().notNull(),
    at: instant().notNull().defaultNow(),
    undoneAt: instant(),
  },
  (table) => [index("review_ticks_of").on(table.workspaceId, table.cadence, table.start)],
);
