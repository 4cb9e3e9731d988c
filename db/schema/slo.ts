import {
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

/** Indicators counted minute by minute. SLOs with the same indicator share a series; another threshold is another series. */
export const sliSeries = pgTable(
  "sli_series",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** The endpoint at which it is counted; null if counts are posted. */
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    /** Endpoint and indicator in one canonical text. */
    key: text().notNull(),
    /** Indicator of server/watch/objectives/indicators/contract.ts. */
    indicator: jsonb().$type<JsonColumns["sliSeries.indicator"]>().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Time of the last count of recent minutes; null before the first count. */
    countedUntil: instant(),
    /** Minutes since then have been counted; history before it still is to be. Null before the first count. */
    countedFrom: instant(),
    /** Incremented when the counts of an hour long past change, so that processes that cache hours in memory read them again. */
    revision: integer().notNull().default(0),
    /** Up to when some counts come from histograms rather than from an exact counter; null when none does. */
    approximateUntil: instant(),
  },
  (table) => [
    uniqueIndex("sli_series_key").on(table.workspaceId, table.key),
    index("sli_series_counted").on(table.countedUntil),
  ],
);

/** An hour of one series and version: a number a minute, so that a quarter is some two thousand rows. */
export const sliHours = pgTable(
  "sli_hours",
  {
    workspaceId: ofWorkspace(),
    seriesId: belongsTo(() => sliSeries.id),
    hour: instant().notNull(),
    /** Zeroes only where no version is known. */
    versionId: uuid().notNull(),
    /** Sixty numbers each; good may be fractional. */
    good: doublePrecision().array().notNull(),
    total: doublePrecision().array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.seriesId, table.hour, table.versionId] }),
    index("sli_hours_hour").on(table.hour),
  ],
);

/** SLOs. A definition is never overwritten without storing a revision. */
export const slos = pgTable(
  "slos",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Lower-case letters, digits and hyphens, as OpenSLO requires of names. */
    name: text().notNull(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    /** Null for composites, and for SLOs that Leeway cannot evaluate. */
    seriesId: uuid().references(() => sliSeries.id),
    /** SloDefinition of server/watch/objectives/contract.ts. */
    definition: jsonb().$type<JsonColumns["slos.definition"]>().notNull(),
    teamId: uuid().references(() => teams.id, { onDelete: "set null" }),
    runbookId: uuid().references(() => runbooks.id, { onDelete: "set null" }),
    revision: integer().notNull().default(1),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    /** Time since which it is counted but sends no notifications. */
    pausedAt: instant(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("slos_name").on(table.workspaceId, table.name), index("slos_endpoint").on(table.endpointId)],
);

const ofSlo = () => belongsTo(() => slos.id);

export const sloRevisions = pgTable(
  "slo_revisions",
  {
    workspaceId: ofWorkspace(),
    sloId: ofSlo(),
    revision: integer().notNull(),
    definition: jsonb().$type<JsonColumns["sloRevisions.definition"]>().notNull(),
    reason: text().notNull().default(""),
    changedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.sloId, table.revision] })],
);

/** State of each SLO at the worker's last evaluation, so that lists and boards compute nothing. */
export const sloStates = pgTable(
  "slo_states",
  {
    sloId: ofSlo().primaryKey(),
    workspaceId: ofWorkspace(),
    evaluatedAt: instant().notNull(),
    /** SloState of server/watch/objectives/contract.ts. */
    state: jsonb().$type<JsonColumns["sloStates.state"]>().notNull(),
  },
  (table) => [index("slo_states_workspace").on(table.workspaceId)],
);

/** A span that does not count, such as planned maintenance. Taken back, never deleted. */
export const budgetAdjustments = pgTable(
  "budget_adjustments",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    sloId: ofSlo(),
    from: instant().notNull(),
    to: instant().notNull(),
    reason: text().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    revokedBy: text(),
    revokedAt: instant(),
  },
  (table) => [index("budget_adjustments_slo").on(table.sloId, table.from)],
);

/** A named user's approval of further changes despite an exhausted or unhealthy budget, with a reason and an end. */
export const budgetApprovals = pgTable(
  "budget_approvals",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    sloId: ofSlo(),
    reason: text().notNull(),
    until: instant().notNull(),
    approvedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
    isRevoked: boolean().notNull().default(false),
  },
  (table) => [index("budget_approvals_slo").on(table.sloId, table.until)],
);

/** A named user's freeze of an endpoint while it burns its budget, with a reason and an end. Lifted, never deleted. */
export const endpointFreezes = pgTable(
  "endpoint_freezes",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    reason: text().notNull(),
    until: instant().notNull(),
    frozenBy: text().notNull(),
    at: instant().notNull().defaultNow(),
    liftedBy: text(),
    liftedAt: instant(),
  },
  (table) => [index("endpoint_freezes_endpoint").on(table.endpointId, table.until)],
);
