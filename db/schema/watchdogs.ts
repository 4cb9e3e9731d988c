import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";
import { receivers } from "./notifications.ts";

/** Watchdog of a workspace: an alert that always fires, and is sent to a receiver again and again. */
export const watchdogs = pgTable("watchdogs", {
  workspaceId: ofWorkspace().primaryKey(),
  receiverId: uuid()
    .notNull()
    .references(() => receivers.id, { onDelete: "cascade" }),
  intervalSeconds: integer().notNull(),
  changedBy: text().notNull(),
  changedAt: instant().notNull().defaultNow(),
  /** Time at which a worker last completed an evaluation of the alert rules; null before the first one. */
  evaluatedAt: instant(),
  /** Time at which a worker last put it into the outbox; null before the first one. */
  enqueuedAt: instant(),
});
