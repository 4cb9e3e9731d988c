import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { endpoints } from "./serving.ts";

/** Counts of a version's predictions against their labels. */
const labelCounts = () => ({
  workspaceId: ofWorkspace(),
  endpointId: belongsTo(() => endpoints.id),
  versionId: uuid().notNull(),
  arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
  segment: text().notNull().default(""),
  /** In the log, and of them with a label. */
  predictions: integer().notNull(),
  labelled: integer().notNull(),
  /** QualityCounts of server/watch/monitoring/quality/counts/contract.ts. */
  counts: jsonb().$type<JsonColumns["labelCounts.counts"]>().notNull(),
  /** Incremented when a label replaces another. */
  revision: integer().notNull().default(0),
});

/** Predictions against their labels in one hour of predictions, recounted completely whenever labels arrive. */
export const qualityHours = pgTable(
  "quality_hours",
  {
    ...labelCounts(),
    hour: instant().notNull(),
    countedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.hour, table.versionId, table.segment, table.arm] }),
    index("quality_hours_hour").on(table.workspaceId, table.hour),
  ],
);

/** Hours of an endpoint that are to be recounted. A row goes in the transaction that counts its hour. */
export const qualityDueHours = pgTable(
  "quality_due_hours",
  {
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    hour: instant().notNull(),
    /** When it became due. Hours are counted in this order, so that none waits for ever. */
    dueSince: instant().notNull(),
    /** When something of it last changed: a count that began before leaves the row. */
    changedAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.hour] })],
);

/** The minutes of an hour of quality_hours, which is their sum: of endpoints that are watched by five minutes, for a few days. */
export const qualityMinutes = pgTable(
  "quality_minutes",
  {
    ...labelCounts(),
    minute: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.minute, table.versionId, table.segment, table.arm] }),
    index("quality_minutes_minute").on(table.minute),
  ],
);

/** Sampled rows of a minute, and how many of them satisfied all rules that the endpoint then had: the source of SLOs on data quality. */
export const dataQualityMinutes = pgTable(
  "data_quality_minutes",
  {
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    versionId: uuid().notNull(),
    minute: instant().notNull(),
    good: integer().notNull(),
    total: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.minute, table.versionId] })],
);
