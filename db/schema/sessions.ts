import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant } from "./columns.ts";
import { users } from "./identity.ts";

/** Signed-in browsers. A session belongs to a person, not to a workspace: it opens every workspace of its person. */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: belongsTo(() => users.id),
    /** SHA-256 of the secret in the cookie, hex. The secret itself is never stored, so that a dump of the database opens no session. */
    hash: text().notNull().unique(),
    /** How the person signed in. */
    method: text({ enum: ["password", "oidc"] }).notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
    /** Written at most once a minute. */
    lastSeenAt: instant().notNull().defaultNow(),
    /** Network address at sign-in. */
    address: text(),
    /** User-Agent header at sign-in, cut to a maximum length. */
    userAgent: text(),
    revokedAt: instant(),
    /** Event that ended the session. */
    revokedReason: text({
      enum: [
        "signed-out",
        "revoked",
        "revoked-by-admin",
        "password-changed",
        "password-reset",
        "account-disabled",
        "membership-ended",
        "workspace-archived",
      ],
    }),
  },
  (table) => [index("sessions_user").on(table.userId), index("sessions_expires_at").on(table.expiresAt)],
);
