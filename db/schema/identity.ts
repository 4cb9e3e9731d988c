import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";

export const role = pgEnum("role", ["viewer", "member", "operator", "admin"]);

/** People are global: one person may belong to several workspaces. */
export const users = pgTable(
  "users",
  {
    id: uuid().primaryKey().defaultRandom(),
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text(),
    /** Issuer and subject: "https://id.example.org#248289761001". */
    oidcSubject: text(),
    /** Whether Leeway generated the password and showed it to someone. */
    mustChangePassword: boolean().notNull().default(false),
    /** Sessions created under another number are invalid. Changing the password and disabling the user increment it. */
    sessionVersion: integer().notNull().default(1),
    createdAt: instant().notNull().defaultNow(),
    lastSignInAt: instant(),
  },
  (table) => [
    uniqueIndex("users_email").on(sql`lower(${table.email})`),
    uniqueIndex("users_oidc_subject").on(table.oidcSubject),
  ],
);

export const memberships = pgTable(
  "memberships",
  {
    workspaceId: ofWorkspace(),
    userId: belongsTo(() => users.id),
    role: role().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Since when this person may not use this workspace. */
    disabledAt: instant(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.userId] }), index("memberships_user").on(table.userId)],
);

export const apiTokens = pgTable(
  "api_tokens",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    userId: belongsTo(() => users.id),
    name: text().notNull(),
    /** SHA-256 of the secret, hex. The secret itself is shown once and never stored. */
    hash: text().notNull().unique(),
    /** First characters of the secret, so that people recognise it. */
    prefix: text().notNull(),
    scopes: text().array().notNull(),
    /** Names of the endpoints that it may use; null is all. */
    endpoints: text().array(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant(),
    lastUsedAt: instant(),
    revokedAt: instant(),
  },
  (table) => [index("api_tokens_workspace").on(table.workspaceId)],
);

/** Sign-ins happen before a workspace is known; failures are counted per email and per address. */
export const signInAttempts = pgTable(
  "sign_in_attempts",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    email: text().notNull(),
    address: text().notNull(),
    succeeded: boolean().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    index("sign_in_attempts_email").on(table.email, table.at),
    index("sign_in_attempts_address").on(table.address, table.at),
  ],
);

/** Values that every copy of a role must share and nobody configures, such as the session secret. Secret ones are encrypted. */
export const systemValues = pgTable("system_values", {
  key: text().primaryKey(),
  value: jsonb().$type<unknown>().notNull(),
});
