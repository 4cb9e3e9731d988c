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

/** Business metrics: a conversion, a missed case, revenue. */
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

/** An event after a prediction, as posted by callers. */
export const kpiEvents = pgTable(
  "kpi_events",
  {
    workspaceId: ofWorkspace(),
    kpiId: belongsTo(() => kpis.id),
    /** Given by the caller or generated: posting the same id again has no effect. */
    eventId: text().notNull(),
    /** Request id that it follows; null where only a unit is known. */
    requestId: text(),
    /** Person, parcel or order that it is about. */
    unit: text(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    /** Found by the request or the unit; null while nothing was found. */
    versionId: uuid(),
    /** Rollout that the unit took part in; null without one. */
    rolloutId: uuid(),
    arm: text({ enum: ["stable", "canary", "shadow"] }),
    /**
     * What named the version: a request of the random sample, another request of the prediction log, or the unit. Null without a version,
     * and in rows older than this column.
     */
    foundBy: text({ enum: ["sample", "log", "unit"] }),
    value: doublePrecision().notNull(),
    at: instant().notNull(),
    receivedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.kpiId, table.eventId] }),
    index("kpi_events_at").on(table.kpiId, table.at),
  ],
);

/** Facts of a week, a month or a quarter as reported: the page, the print view and the email read the same row. */
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
    /** Whether the period is over and labels had time to arrive: it is not recomputed automatically. */
    isFinal: boolean().notNull().default(false),
  },
  (table) => [uniqueIndex("reports_period").on(table.workspaceId, table.period, table.start)],
);

/** Subscribers to the weekly email. */
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

/** Review items that someone has checked. */
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
