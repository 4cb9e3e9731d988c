import { sql } from "drizzle-orm";
import { bigint, foreignKey, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { users } from "./identity.ts";
import type { JsonColumns } from "./json-columns.ts";
import { experiments } from "./tracking.ts";

/** A named way of looking at the runs of an experiment: a tab above the table, of the team or of one person. */
export const runViews = pgTable(
  "run_views",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: uuid().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    name: text().notNull(),
    /** Null for views shared by the team. */
    ownerId: uuid().references(() => users.id, { onDelete: "cascade" }),
    /** Filter, order, columns, grouping: as server/develop/tracking/views/contract.ts says. */
    state: jsonb().$type<JsonColumns["runViews.state"]>().notNull(),
    createdAt: instant().notNull().defaultNow(),
    createdBy: text().notNull(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
    uniqueIndex("run_views_team_name")
      .on(table.workspaceId, table.experimentId, table.name)
      .where(sql`${table.ownerId} is null`),
    uniqueIndex("run_views_own_name")
      .on(table.workspaceId, table.experimentId, table.ownerId, table.name)
      .where(sql`${table.ownerId} is not null`),
  ],
);
