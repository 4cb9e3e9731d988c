import { index, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { workspaces } from "./identity.ts";

/** Answers of commands that a caller may send again under the same key (the header Idempotency-Key). */
export const idempotentAnswers = pgTable(
  "idempotent_answers",
  {
    workspaceId: uuid()
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    command: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of what was asked for. */
    requestHash: text().notNull(),
    /** JSON; null only inside the transaction that makes it. */
    answer: text(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.command, table.key] }),
    index("idempotent_answers_expiry").on(table.expiresAt),
  ],
);
