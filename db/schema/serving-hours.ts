import {
  bigint,
  bit,
  doublePrecision,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { workspaces } from "./identity.ts";
import { endpoints } from "./serving.ts";

/**
 * Windows of all gateways added up by the hour. An hour of an endpoint is here whole or not at all: who writes a window of it takes it
 * away in the same transaction, and the worker adds it up anew.
 */
export const servingHours = pgTable(
  "serving_hours",
  {
    workspaceId: uuid()
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id, { onDelete: "cascade" }),
    versionId: uuid().notNull(),
    arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
    provider: text().notNull(),
    hour: timestamp({ withTimezone: true }).notNull(),
    /** A bit for each of the hour's 360 windows that has a row, so that windows can be counted over any rows together. */
    windows: bit({ dimensions: 360 }).notNull(),
    requests: bigint({ mode: "number" }).notNull(),
    /** Sums of the columns of serving_windows. */
    failures: jsonb().notNull(),
    queueSumMs: doublePrecision().notNull(),
    computeSumMs: doublePrecision().notNull(),
    latencyBuckets: jsonb().notNull(),
    cacheHits: bigint({ mode: "number" }).notNull(),
    coalesced: bigint({ mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({
      name: "serving_hours_pk",
      columns: [table.endpointId, table.hour, table.versionId, table.arm, table.provider],
    }),
    index("serving_hours_workspace").on(table.workspaceId, table.hour),
  ],
);
