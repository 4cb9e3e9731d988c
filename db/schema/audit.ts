import { bigint, index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";

export const auditEvents = pgTable(
  "audit_events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    at: instant().notNull().defaultNow(),
    actorKind: text({ enum: ["user", "token", "system"] }).notNull(),
    actorId: text().notNull(),
    actorName: text().notNull(),
    /** Subject and past-tense verb: "version.deployed". */
    action: text().notNull(),
    subject: text().notNull(),
    before: jsonb().$type<unknown>(),
    after: jsonb().$type<unknown>(),
    reason: text(),
    address: text(),
  },
  (table) => [
    index("audit_events_at").on(table.workspaceId, table.at),
    index("audit_events_subject").on(table.workspaceId, table.subject),
  ],
);
