import {
  bigint,
  bit,
  doublePrecision,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { endpoints } from "./serving.ts";

const sums = () => ({
  workspaceId: ofWorkspace(),
  endpointId: uuid().notNull(),
  versionId: uuid().notNull(),
  arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
  provider: text().notNull(),
  hour: instant().notNull(),
  /** A bit for each of the hour's 360 windows that has a row, so that windows can be counted over any rows together. */
  windows: bit({ dimensions: 360 }).notNull(),
  requests: bigint({ mode: "number" }).notNull(),
  /** Sums of the columns of serving_windows. */
  failures: jsonb().$type<Record<string, number>>().notNull(),
  queueSumMs: doublePrecision().notNull(),
  computeSumMs: doublePrecision().notNull(),
  latencyBuckets: jsonb().$type<Record<string, number>>().notNull(),
  cacheHits: bigint({ mode: "number" }).notNull(),
  coalesced: bigint({ mode: "number" }).notNull(),
});

/**
 * Windows of all gateways, summed by hour. An hour of an endpoint is stored completely or not at all: writing a window of that hour
 * deletes the row in the same transaction, and the worker sums it again.
 */
export const servingHours = pgTable(
  "serving_hours",
  {
    ...sums(),
    endpointId: belongsTo(() => endpoints.id),
  },
  (table) => [
    primaryKey({
      name: "serving_hours_pk",
      columns: [table.endpointId, table.hour, table.versionId, table.arm, table.provider],
    }),
    index("serving_hours_workspace").on(table.workspaceId, table.hour),
  ],
);

/** The same by ten minutes, for charts of a day: parts of an hour that is in serving_hours, and gone with it. */
export const servingTenMinutes = pgTable(
  "serving_ten_minutes",
  {
    ...sums(),
    /** Start of the ten minutes, UTC. */
    start: instant().notNull(),
  },
  (table) => [
    primaryKey({
      name: "serving_ten_minutes_pk",
      columns: [table.endpointId, table.hour, table.versionId, table.arm, table.provider, table.start],
    }),
    index("serving_ten_minutes_start").on(table.endpointId, table.start),
    foreignKey({
      name: "serving_ten_minutes_hour",
      columns: [table.endpointId, table.hour, table.versionId, table.arm, table.provider],
      foreignColumns: [
        servingHours.endpointId,
        servingHours.hour,
        servingHours.versionId,
        servingHours.arm,
        servingHours.provider,
      ],
    }).onDelete("cascade"),
  ],
);
