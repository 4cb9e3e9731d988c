import { doublePrecision, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";
import { workspaces } from "./workspaces.ts";

/** Last execution of each watcher and scheduled job by any worker; above workspaces, since one execution serves all of them. */
export const recurringWork = pgTable("recurring_work", {
  name: text().primaryKey(),
  startedAt: instant().notNull(),
  /** Of a watcher: of the longest round since the record before. */
  durationMs: doublePrecision().notNull(),
  /** Items evaluated since the record before, failures included; null for jobs. */
  items: integer(),
  /** Why it failed; null after success. */
  problem: text(),
});

/** Items that a watcher or a job failed to evaluate and retries at `retryAt`. The others go on without them. */
export const setAsideItems = pgTable(
  "set_aside_items",
  {
    /** Name of the watcher, or kind of the job. */
    watcher: text().notNull(),
    /** Id of the row, or a name for work that has none. */
    item: text().notNull(),
    /** Null for work that spans workspaces. */
    workspaceId: uuid().references(() => workspaces.id, { onDelete: "cascade" }),
    attempts: integer().notNull(),
    problem: text().notNull(),
    failedAt: instant().notNull(),
    retryAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.watcher, table.item] })],
);
