import { isNull } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytes, instant } from "./columns.ts";
import { workspaces } from "./workspaces.ts";

export const auditEvents = pgTable(
  "audit_events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** Null for what happens above workspaces: sign-ins. */
    workspaceId: uuid().references(() => workspaces.id, { onDelete: "cascade" }),
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
    index("audit_events_installation").on(table.id).where(isNull(table.workspaceId)),
  ],
);

/**
 * Seals over the entries of the audit log, which the worker appends: each covers the entries between the last id of the seal before and its
 * own, and contains the hash of that seal. Described in docs/spec/audit-seals.md.
 */
export const auditSeals = pgTable("audit_seals", {
  /** 1, 2, 3 … without gaps. */
  number: bigint({ mode: "number" }).primaryKey(),
  /** Version of the canonical form. */
  format: integer().notNull(),
  /** Greatest id that the seal covers. */
  lastId: bigint({ mode: "number" }).notNull(),
  /** Ids of the sealed entries, ascending, and their SHA-256 digests in the same order, 32 bytes each. */
  ids: bigint({ mode: "number" }).array().notNull(),
  digests: bytes().notNull(),
  /** Milliseconds, as the hash contains them. */
  sealedAt: instant().notNull(),
  /** SHA-256, hex, over the seal before, this seal's head and the digests. */
  hash: text().notNull(),
});
