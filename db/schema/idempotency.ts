import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";

/** Responses to commands that a caller may retry with the same key (the header Idempotency-Key). */
export const idempotencyRecords = pgTable(
  "idempotency_records",
  {
    workspaceId: ofWorkspace(),
    command: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of the request. */
    requestHash: text().notNull(),
    /** JSON; null only inside the transaction that makes it. */
    answer: text(),
    expiresAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.command, table.key] }),
    index("idempotency_records_expiry").on(table.expiresAt),
  ],
);
