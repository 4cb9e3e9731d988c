import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
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
    /** A service account has tokens, but no password, sessions or company account, and is not shown among people. */
    kind: text({ enum: ["person", "service"] })
      .notNull()
      .default("person"),
    passwordHash: text(),
    /** Issuer and subject: "https://id.example.org#248289761001". */
    oidcSubject: text(),
    /** Whether Leeway generated the password and showed it to someone. */
    mustChangePassword: boolean().notNull().default(false),
    /**
     * Incremented when the password changes and when the person is disabled: a sign-in verified before that creates no session after it.
     * Roles of the version before, which run beside these during an upgrade, also reject cookies with another number.
     */
    sessionVersion: integer().notNull().default(1),
    createdAt: instant().notNull().defaultNow(),
    lastSignInAt: instant(),
    /** Since when this person may not sign in. Admins of the installation disable accounts; admins of a workspace, memberships. */
    disabledAt: instant(),
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
    /** Whether it was disabled because the account was. Enabling the account enables it again. */
    isDisabledByAccount: boolean().notNull().default(false),
    /** Time of removal from the workspace; such a row is disabled too. It remains, so that what they created keeps their name. */
    removedAt: instant(),
    /** Last use of this workspace in the console, to about 5 minutes. */
    lastUsedAt: instant(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.userId] }), index("memberships_user").on(table.userId)],
);

export const apiTokens = pgTable(
  "api_tokens",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    userId: belongsTo(() => users.id),
    /** Token with which this one was created. It never outlives that token, nor the tokens before it. */
    parentTokenId: uuid().references((): AnyPgColumn => apiTokens.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** SHA-256 of the secret, hex. The secret itself is shown once and never stored. */
    hash: text().notNull().unique(),
    /** First characters of the secret, so that people recognise it. */
    prefix: text().notNull(),
    scopes: text().array().notNull(),
    /** Names of the endpoints that it may use; null is all. */
    endpoints: text().array(),
    /** Run that it may write, with the runs nested in it; null is all. It reads no other run, and ends with the attempt that it was made for. */
    runId: text(),
    /** Dataset versions that a token with a run may read. */
    datasets: uuid().array(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant(),
    lastUsedAt: instant(),
    revokedAt: instant(),
  },
  (table) => [
    index("api_tokens_workspace").on(table.workspaceId),
    index("api_tokens_parent_token").on(table.parentTokenId),
  ],
);

/** Sign-ins happen before a workspace is known; failures are counted per email, network and known browser. */
export const signInAttempts = pgTable(
  "sign_in_attempts",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    email: text().notNull(),
    address: text().notNull(),
    /** The address, or an IPv6 address's network of 64 bits. Null for attempts of older versions. */
    network: text(),
    /** Hash of the known browser that it came from; null from others. */
    browser: text(),
    succeeded: boolean().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    index("sign_in_attempts_email").on(table.email, table.at),
    index("sign_in_attempts_address").on(table.address, table.at),
    index("sign_in_attempts_network").on(table.network, table.at),
  ],
);

/** Values that every copy of a role must share and nobody configures, such as the session secret. Secret ones are encrypted. */
export const systemValues = pgTable("system_values", {
  key: text().primaryKey(),
  value: jsonb().$type<unknown>().notNull(),
});
